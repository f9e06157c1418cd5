import { SqlError } from '../../sql/sql.ts';
import { displayType, hiveType } from '../../sql/types/index.ts';
import type { Type } from '../../sql/types.ts';
import type { DataColumn } from '../scan/source.ts';

export interface NewColumn extends DataColumn {
  readonly hive: string;
}

/** The columns of a table that a query makes: named, different, of types that a Hive table can hold. */
export function newColumns(
  columns: readonly { readonly name: string | undefined; readonly type: Type }[],
  aliases: readonly string[] | undefined,
): readonly NewColumn[] {
  if (aliases !== undefined && aliases.length !== columns.length) {
    throw at(
      'MISMATCHED_COLUMN_ALIASES',
      `Column alias list has ${aliases.length} entries but relation has ${columns.length} columns`,
    );
  }
  const seen = new Set<string>();
  return columns.map((column, index) => {
    const name = (aliases?.[index] ?? column.name)?.toLowerCase();
    if (name === undefined || name === '') {
      throw at('MISSING_COLUMN_NAME', `Column name not specified at position ${index + 1}`);
    }
    if (seen.has(name)) throw at('DUPLICATE_COLUMN_NAME', `Column name '${name}' specified more than once`);
    seen.add(name);
    if (column.type.kind === 'unknown') throw at('COLUMN_TYPE_UNKNOWN', `Column type is unknown: ${name}`);
    refuseForHive(name, column.type);
    const hive = hiveType(column.type)!;
    return { name, type: column.type, hive };
  });
}

/** The types that a Hive table of Athena takes, whose timestamps have milliseconds. */
export function refuseForHive(name: string, type: Type): void {
  const whole = (part: Type): string | undefined => {
    switch (part.kind) {
      case 'array':
        return whole(part.element);
      case 'map':
        return whole(part.key) ?? whole(part.value);
      case 'row': {
        if (part.fields.some((field) => field.name === undefined)) {
          return `Anonymous row type is not supported in Hive. Please give each field a name: ${displayType(part)}`;
        }
        return part.fields.map((field) => whole(field.type)).find((text) => text !== undefined);
      }
      case 'timestamp': {
        if (part.zone || part.precision === 3) break;
        return `Incorrect timestamp precision for ${displayType(part)}; the configured precision is MILLISECONDS; column name: ${name}`;
      }
    }
    return hiveType(part) === undefined ? `Unsupported Hive type: ${displayType(part)}` : undefined;
  };
  const refusal = whole(type);
  if (refusal !== undefined) throw new SqlError('NOT_SUPPORTED', refusal);
}

function at(code: string, message: string): SqlError {
  return new SqlError(code, message, 1, 1);
}

/** Partition columns have to come last, in the order in which they are named. */
export function splitKeys<C extends DataColumn>(
  columns: readonly C[],
  partitionedBy: readonly string[],
): { readonly data: readonly C[]; readonly keys: readonly C[] } {
  const missing = partitionedBy.filter((name) => !columns.some((column) => column.name === name));
  if (missing.length > 0) {
    throw new SqlError('INVALID_TABLE_PROPERTY', `Partition columns [${missing.join(', ')}] not present in schema`);
  }
  if (partitionedBy.length === columns.length) {
    throw new SqlError('INVALID_TABLE_PROPERTY', 'Table contains only partition columns');
  }
  const keys = columns.slice(columns.length - partitionedBy.length);
  if (keys.some((column, i) => column.name !== partitionedBy[i])) {
    const text = `Partition keys must be the last columns in the table and in the same order as the table properties: [${partitionedBy.join(', ')}]`;
    throw new SqlError('HIVE_COLUMN_ORDER_MISMATCH', text);
  }
  const nested = keys.find((column) => ['array', 'map', 'row', 'varbinary'].includes(column.type.kind));
  if (nested !== undefined) {
    throw new SqlError('NOT_SUPPORTED', `Unsupported type [${displayType(nested.type)}] for partition: ${nested.name}`);
  }
  return { data: columns.slice(0, columns.length - keys.length), keys };
}
