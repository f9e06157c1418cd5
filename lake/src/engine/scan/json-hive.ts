import { duckdbType } from '../../sql/types/index.ts';
import type { Type } from '../../sql/types.ts';
import { arrayValue, isNull, type JsonPlace, mapValue, rowValue, textOf, wrongValue } from './json-values.ts';
import { DECIMAL, dateValue, lenientScalar, looseInteger, matches, timestampValue } from './text-values.ts';

/** A value as Hive's JsonSerDe reads it: what isn't of the type fails, with few exceptions. */
export function hiveJsonValue(json: string, type: Type, at: JsonPlace): string {
  const text = textOf(json);
  const wrong = wrongValue(json, type, at);
  const of = (kinds: string, value: string) =>
    `CASE WHEN ${isNull(json)} THEN NULL WHEN json_type(${json}) ${kinds} THEN ${value} ELSE ${wrong} END`;
  const scalar = (value: string) => of("NOT IN ('OBJECT', 'ARRAY')", value);
  const number = (value: string) =>
    of("NOT IN ('OBJECT', 'ARRAY', 'VARCHAR', 'BOOLEAN')", `coalesce(${value}, ${wrong})`);
  const string = (value: string) => of("= 'VARCHAR'", `coalesce(${value}, ${wrong})`);
  switch (type.kind) {
    case 'array':
      return of("= 'ARRAY'", arrayValue(json, type, at, hiveJsonValue));
    case 'map':
      return of("= 'OBJECT'", mapValue(json, type, at, hiveJsonValue));
    case 'row':
      return of("= 'OBJECT'", rowValue(json, type, at, hiveJsonValue));
    case 'boolean':
      return scalar(`(lower(${text}) = 'true')`);
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return number(looseInteger(text, type));
    case 'real':
    case 'double':
      return number(`CASE WHEN ${text} NOT ILIKE '%n%' THEN TRY_CAST(${text} AS ${duckdbType(type)}) END`);
    case 'decimal':
      return scalar(`CASE WHEN ${matches(text, DECIMAL)} THEN coalesce(${lenientScalar(text, type)}, ${wrong}) END`);
    case 'date':
      return string(dateValue(text));
    case 'timestamp':
      return string(timestampValue(text));
    case 'varbinary':
      return scalar(`encode(${text})`);
    default:
      return scalar(lenientScalar(text, type));
  }
}
