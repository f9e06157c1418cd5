import { displayType, duckdbType, fieldKeys, quoteName, quoteText } from '../types/index.ts';
import type { Type } from '../types.ts';
import { castToDecimal, castToInteger } from './number.ts';
import { once } from './once.ts';
import { emitText } from './text.ts';

const varchar: Type = { kind: 'varchar', length: undefined };

/** CAST(x AS json): the JSON text of a value. */
export function castToJson(sql: string, from: Type): string {
  switch (from.kind) {
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'decimal':
      return emitText(sql, from);
    case 'double':
    case 'real':
      return once(sql, (x) => {
        const text = emitText(x, from);
        return `CASE WHEN isfinite(${x}) THEN ${text} ELSE '"' || ${text} || '"' END`;
      });
    case 'array':
      return `('[' || array_to_string(list_transform(${sql}, lambda weir_e: ${part('weir_e', from.element)}), ',') || ']')`;
    case 'map':
      return mapToJson(sql, from);
    case 'row':
      return rowToJson(sql, from);
    default:
      return `weir_json_text(${emitText(sql, from)})`;
  }
}

function part(sql: string, type: Type): string {
  return `coalesce(${type.kind === 'json' ? sql : castToJson(sql, type)}, 'null')`;
}

function mapToJson(sql: string, from: Extract<Type, { kind: 'map' }>): string {
  return once(sql, (x) => {
    const keys = `list_transform(map_keys(${x}), lambda weir_e: ${emitText('weir_e', from.key)})`;
    const values = `list_transform(map_values(${x}), lambda weir_e: ${part('weir_e', from.value)})`;
    return `weir_json_object(${keys}, ${values})`;
  });
}

function rowToJson(sql: string, from: Extract<Type, { kind: 'row' }>): string {
  const keys = fieldKeys(from);
  return once(sql, (x) => {
    const fields = from.fields.map((field, index) => {
      const name = quoteText(`${JSON.stringify(field.name ?? '')}:`);
      return `${name} || ${part(`${x}.${quoteName(keys[index]!)}`, field.type)}`;
    });
    return `CASE WHEN ${x} IS NOT NULL THEN '{' || ${fields.join(" || ',' || ") || "''"} || '}' END`;
  });
}

/** CAST(json AS x). */
export function castFromJson(sql: string, to: Type): string {
  const name = quoteText(displayType(to));
  switch (to.kind) {
    case 'boolean':
      return `weir_json_boolean(${sql})`;
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return castToInteger(`weir_json_integer(${sql}, ${name})`, varchar, to, false);
    case 'double':
      return `weir_json_double(${sql})`;
    case 'real':
      return `CAST(weir_json_double(${sql}) AS FLOAT)`;
    case 'decimal':
      return castToDecimal(`weir_json_number(${sql}, ${name})`, varchar, to, false);
    case 'array':
      return typed(
        `list_transform(weir_json_elements(${sql}, ${name}), lambda weir_j: ${jsonPart('weir_j', to.element)})`,
        to,
      );
    case 'map':
      return jsonToMap(sql, to);
    case 'row':
      return jsonToRow(sql, to);
    default:
      return `weir_json_varchar(${sql})`;
  }
}

function jsonPart(sql: string, to: Type): string {
  return to.kind === 'json' ? sql : castFromJson(sql, to);
}

function typed(sql: string, type: Type): string {
  return `CAST(${sql} AS ${duckdbType(type)})`;
}

function jsonToMap(sql: string, to: Extract<Type, { kind: 'map' }>): string {
  const name = quoteText(displayType(to));
  return once(sql, (x) => {
    const keys = `list_transform(weir_json_keys(${x}, ${name}), lambda weir_j: ${jsonPart('weir_j', to.key)})`;
    const values = `list_transform(weir_json_values(${x}, ${name}), lambda weir_j: ${jsonPart('weir_j', to.value)})`;
    return typed(`map(${keys}, ${values})`, to);
  });
}

function jsonToRow(sql: string, to: Extract<Type, { kind: 'row' }>): string {
  const keys = fieldKeys(to);
  const names = to.fields.map((field) => quoteText(field.name ?? '')).join(', ');
  const all = `weir_json_fields(${sql}, ${quoteText(displayType(to))}, [${names}])`;
  const fields = to.fields.map(
    (field, index) => `${quoteName(keys[index]!)}: ${jsonPart(`weir_r[${index + 1}]`, field.type)}`,
  );
  return `list_transform([${all}], lambda weir_r: CASE WHEN weir_r IS NOT NULL THEN {${fields.join(', ')}} END)[1]`;
}
