import type { SchemaElement } from 'hyparquet';
import { duckdbType } from '../../sql/types/index.ts';
import type { Type } from '../../sql/types.ts';
import type { ParquetColumn } from './footer.ts';
import { roundedToMillis } from './text-values.ts';

/** Whether a reader of Athena takes this column of a file as the declared type; it never converts silently. */
export function isCompatible(column: ParquetColumn, type: Type): boolean {
  switch (type.kind) {
    case 'array': {
      const element = listElement(column);
      return element !== undefined && isCompatible(element, type.element);
    }
    case 'map': {
      const [key, value] = mapEntry(column);
      return key !== undefined && value !== undefined && isCompatible(key, type.key) && isCompatible(value, type.value);
    }
    case 'row':
      return isGroup(column) && type.fields.every((field) => fieldFits(column, field.name, field.type));
    default:
      return column.children.length === 0 && leafFits(column.element, type);
  }
}

function isGroup({ children, element }: ParquetColumn): boolean {
  const name = logical(element) ?? '';
  return children.length > 0 && !['LIST', 'MAP', 'MAP_KEY_VALUE'].includes(name);
}

function fieldFits(column: ParquetColumn, name: string | undefined, type: Type): boolean {
  const field = column.children.find((child) => child.element.name.toLowerCase() === name);
  return field === undefined || isCompatible(field, type);
}

/** Three-level lists, and the older two-level ones whose repeated field is the element. */
function listElement(column: ParquetColumn): ParquetColumn | undefined {
  if (column.element.repetition_type === 'REPEATED' && column.element.converted_type !== 'LIST') {
    return { ...column, element: { ...column.element, repetition_type: 'REQUIRED' } };
  }
  const repeated = column.children[0];
  if (repeated?.element.repetition_type !== 'REPEATED') return undefined;
  const wraps =
    repeated.children.length === 1 && repeated.element.name !== 'array' && !repeated.element.name.endsWith('_tuple');
  return wraps ? repeated.children[0] : repeated;
}

function mapEntry(column: ParquetColumn): readonly (ParquetColumn | undefined)[] {
  return column.children[0]?.children ?? [];
}

const INTEGERS: ReadonlySet<string> = new Set(['tinyint', 'smallint', 'integer', 'bigint']);

function leafFits(element: SchemaElement, type: Type): boolean {
  const physical = element.type;
  const integer = (physical === 'INT32' || physical === 'INT64') && isPlainInteger(element);
  if (INTEGERS.has(type.kind)) return integer;
  switch (type.kind) {
    case 'boolean':
      return physical === 'BOOLEAN';
    case 'real':
      return physical === 'FLOAT';
    case 'double':
      return physical === 'DOUBLE' || physical === 'FLOAT';
    case 'date':
      return physical === 'INT32' && (logical(element) === 'DATE' || logical(element) === undefined);
    case 'decimal':
      return logical(element) === 'DECIMAL' || integer;
    case 'timestamp':
      return physical === 'INT96' || (physical === 'INT64' && (logical(element) ?? '').startsWith('TIMESTAMP'));
    case 'varchar':
    case 'char':
      return physical === 'BYTE_ARRAY' && logical(element) !== 'DECIMAL';
    case 'varbinary':
      return (physical === 'BYTE_ARRAY' || physical === 'FIXED_LEN_BYTE_ARRAY') && logical(element) !== 'DECIMAL';
    default:
      return false;
  }
}

function logical(element: SchemaElement): string | undefined {
  return element.logical_type?.type ?? element.converted_type;
}

function isPlainInteger(element: SchemaElement): boolean {
  const name = logical(element);
  return name === undefined || name === 'INTEGER' || /^U?INT_\d+$/.test(name);
}

/** A file's column as the declared type; the cast is left out where DuckDB has that type already (filters pass then). */
export function readAs(column: ParquetColumn, sql: string, type: Type): string {
  const own = ownType(column.element);
  const wanted = duckdbType(type);
  if (column.children.length === 0) {
    if (type.kind === 'timestamp') return momentOf(column.element, sql);
    if (type.kind === 'varchar' && type.length !== undefined) return `left(${sql}, ${type.length})`;
    if (type.kind === 'char') return `rtrim(left(${sql}, ${type.length}))`;
    if (type.kind === 'date' && own === 'INTEGER') return `(DATE '1970-01-01' + ${sql})`;
    if (own === wanted) return sql;
  }
  return `CAST(${sql} AS ${wanted})`;
}

/** To the millisecond: finer ones are rounded, as Trino does for Hive tables. */
function momentOf(element: SchemaElement, sql: string): string {
  const logicalType = element.logical_type;
  const millis =
    logicalType?.type === 'TIMESTAMP' ? logicalType.unit === 'MILLIS' : element.converted_type === 'TIMESTAMP_MILLIS';
  const value = `CAST(${sql} AS TIMESTAMP)`;
  return millis ? value : roundedToMillis(value);
}

/** The type as which DuckDB reads a leaf, where that is plain. */
function ownType(element: SchemaElement): string | undefined {
  const name = logical(element);
  if (name === undefined) {
    const plain: Readonly<Record<string, string>> = {
      BOOLEAN: 'BOOLEAN',
      INT32: 'INTEGER',
      INT64: 'BIGINT',
      FLOAT: 'FLOAT',
      DOUBLE: 'DOUBLE',
      // Read with binary_as_string where the column is declared a string.
      BYTE_ARRAY: 'VARCHAR',
    };
    return plain[element.type ?? ''];
  }
  if (name === 'STRING' || name === 'UTF8') return 'VARCHAR';
  if (name === 'DATE') return 'DATE';
  if (name === 'INT_32') return 'INTEGER';
  if (name === 'INT_64') return 'BIGINT';
  if (element.logical_type?.type === 'INTEGER' && element.logical_type.isSigned) {
    return { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }[element.logical_type.bitWidth];
  }
  if (element.logical_type?.type === 'DECIMAL' || element.converted_type === 'DECIMAL') {
    return `DECIMAL(${element.precision ?? 0}, ${element.scale ?? 0})`;
  }
  return undefined;
}

/** How messages call a leaf's physical type. */
export function physicalName(column: ParquetColumn): string {
  if (column.children.length > 0) return 'GROUP';
  const type = column.element.type ?? '';
  return type === 'BYTE_ARRAY' ? 'BINARY' : type;
}
