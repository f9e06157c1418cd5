import { duckdbType, quoteText } from '../../sql/types/index.ts';
import type { Type } from '../../sql/types.ts';
import { arrayValue, deeper, isNull, type JsonPlace, mapValue, rowValue, textOf, wrongValue } from './json-values.ts';
import { dateValue, lenientScalar, looseInteger, matches, roundedToMillis, timestampValue } from './text-values.ts';

/** A value as the OpenX JsonSerDe reads it: text and numbers alike, NULL for what isn't of the type. */
export function openXValue(json: string, type: Type, at: JsonPlace): string {
  const text = textOf(json);
  const wrong = wrongValue(json, type, at);
  const cases = (...whens: readonly string[]) => `CASE WHEN ${isNull(json)} THEN NULL ${whens.join(' ')} END`;
  const when = (kind: string, value: string) => `WHEN json_type(${json}) ${kind} THEN ${value}`;
  const scalar = (value: string) => cases(when("IN ('OBJECT', 'ARRAY')", wrong), `ELSE ${value}`);
  switch (type.kind) {
    case 'array':
      return cases(
        when("= 'ARRAY'", arrayValue(json, type, at, openXValue)),
        when("= 'OBJECT'", wrong),
        `WHEN ${text} = '' THEN NULL ELSE [${openXValue(json, type.element, deeper(at))}]`,
      );
    case 'map':
      return cases(when("= 'OBJECT'", mapValue(json, type, at, openXValue)), `ELSE ${wrong}`);
    case 'row':
      return cases(
        when("= 'OBJECT'", rowValue(json, type, at, openXValue)),
        when("= 'ARRAY'", rowByPosition(json, type, at)),
        `WHEN ${text} = '' THEN ${rowValue("'{}'::JSON", type, at, openXValue)} ELSE ${wrong}`,
      );
    case 'varchar':
    case 'char':
      return cases(`ELSE ${lenientScalar(text, type)}`);
    case 'boolean':
      return scalar(`(lower(${text}) = 'true')`);
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return scalar(`coalesce(${looseInteger(text, type)}, ${hexadecimal(text, type)})`);
    case 'date':
      return scalar(dayValue(text));
    case 'timestamp':
      return scalar(momentValue(text));
    case 'varbinary':
      return cases(when("= 'VARCHAR'", lenientScalar(text, type)), `ELSE ${wrong}`);
    default:
      return scalar(lenientScalar(text, type));
  }
}

function hexadecimal(text: string, type: Type): string {
  return `CASE WHEN ${matches(text, '0[xX][0-9a-fA-F]+')} THEN TRY_CAST(${text} AS ${duckdbType(type)}) END`;
}

function rowByPosition(json: string, type: Extract<Type, { kind: 'row' }>, at: JsonPlace): string {
  const fields = type.fields.map(({ name = '', type: inner }, i) => {
    return `${quoteText(name)}: ${openXValue(`json_extract(${json}, '$[${i}]')`, inner, deeper(at))}`;
  });
  return `{${fields.join(', ')}}`;
}

/** A date, also with a time behind it; a number counts days. */
function dayValue(text: string): string {
  const days = `(DATE '1970-01-01' + TRY_CAST(${text} AS INTEGER))`;
  return `CASE WHEN ${matches(text, '-?[0-9]+')} THEN ${days} ELSE ${dateValue(text, 'T')} END`;
}

/** A moment, also with a zone; a number counts seconds, or milliseconds where it is that long. */
function momentValue(text: string): string {
  const zoned = '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})';
  const seconds = `epoch_ms(CAST(round(TRY_CAST(${text} AS DECIMAL(30, 9)) * 1000) AS BIGINT))`;
  return (
    `CASE WHEN ${matches(text, '[0-9]{12,18}')} THEN epoch_ms(TRY_CAST(${text} AS BIGINT)) ` +
    `WHEN ${matches(text, '[0-9]{1,11}([.][0-9]{1,9})?')} THEN ${seconds} ` +
    `WHEN ${matches(text, zoned)} THEN ${roundedToMillis(`CAST(TRY_CAST(${text} AS TIMESTAMPTZ) AS TIMESTAMP)`)} ` +
    `ELSE ${timestampValue(text)} END`
  );
}
