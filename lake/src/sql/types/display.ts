import type { Type } from '../types.ts';

/** Trino's spelling, as result metadata and messages show it: `row(city varchar, "Mixed Case" integer)`. */
export function displayType(type: Type): string {
  return spell(type, trino);
}

/** Trino's compact spelling, as `typeof` without quotes and as signatures show it: `map(integer,integer)`. */
export function typeSignature(type: Type): string {
  return spell(type, { ...trino, comma: ',', quoteFields: false });
}

/** What `typeof(x)` returns: Trino's spelling without quotes around field names. */
export function typeofText(type: Type): string {
  return spell(type, { ...trino, quoteFields: false });
}

/** Athena's spelling in result metadata and the console: real is called `float`, nested types stay Trino's. */
export function athenaType(type: Type): string {
  return spell(type, { ...trino, real: 'float' });
}

interface Spelling {
  readonly real: string;
  readonly comma: string;
  readonly quoteFields: boolean;
}

const trino: Spelling = { real: 'real', comma: ', ', quoteFields: true };

function spell(type: Type, spelling: Spelling): string {
  const inner = (part: Type) => spell(part, spelling);
  switch (type.kind) {
    case 'real':
      return spelling.real;
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'varchar':
      return type.length === undefined ? 'varchar' : `varchar(${type.length})`;
    case 'char':
      return `char(${type.length})`;
    case 'time':
    case 'timestamp':
      return `${type.kind}(${type.precision})${type.zone ? ' with time zone' : ''}`;
    case 'interval':
      return `interval ${type.unit}`;
    case 'array':
      return `array(${inner(type.element)})`;
    case 'map':
      return `map(${inner(type.key)}${spelling.comma}${inner(type.value)})`;
    case 'row':
      return `row(${type.fields.map((field) => fieldText(field, spelling)).join(spelling.comma)})`;
    case 'function':
      return `function(${[...type.parameters, type.result].map(inner).join(',')})`;
    default:
      return type.kind;
  }
}

function fieldText(field: { readonly name: string | undefined; readonly type: Type }, spelling: Spelling): string {
  const type = spell(field.type, spelling);
  if (field.name === undefined) return type;
  const plain = /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(field.name);
  const name = plain || !spelling.quoteFields ? field.name : `"${field.name.replaceAll('"', '""')}"`;
  return `${name} ${type}`;
}

/** Hive's DDL spelling, as Glue keeps it; undefined for a type that no Hive table can hold. */
export function hiveType(type: Type): string | undefined {
  switch (type.kind) {
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'bigint':
    case 'double':
    case 'date':
      return type.kind;
    case 'integer':
      return 'int';
    case 'real':
      return 'float';
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'varchar':
      return type.length === undefined || type.length > 65535 ? 'string' : `varchar(${Math.max(type.length, 1)})`;
    case 'char':
      return `char(${type.length})`;
    case 'varbinary':
      return 'binary';
    case 'timestamp':
      return type.zone ? undefined : 'timestamp';
    case 'array':
      return wrap('array', [type.element]);
    case 'map':
      return wrap('map', [type.key, type.value]);
    case 'row':
      return hiveStruct(type.fields);
    default:
      return undefined;
  }
}

function wrap(name: string, parts: readonly Type[]): string | undefined {
  const texts = parts.map(hiveType);
  return texts.includes(undefined) ? undefined : `${name}<${texts.join(',')}>`;
}

function hiveStruct(fields: readonly { readonly name: string | undefined; readonly type: Type }[]): string | undefined {
  const texts: string[] = [];
  for (const [index, field] of fields.entries()) {
    const text = hiveType(field.type);
    if (text === undefined) return undefined;
    texts.push(`${field.name ?? `field${index}`}:${text}`);
  }
  return `struct<${texts.join(',')}>`;
}
