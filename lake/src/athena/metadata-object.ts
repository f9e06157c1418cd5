import type { ColumnInfo } from './column-info.ts';

/**
 * The `.metadata` object beside a result: a protocol buffer with one field 4 a column, whose own fields 1 to 10 are the
 * members of ColumnInfo. JDBC drivers that read results from S3 take the types from it. AWS publishes no description; this
 * is what readers of the format rely on (its fields 1 to 3 are not known here and are left out).
 */
export function metadataObject(columns: readonly ColumnInfo[]): Buffer {
  return Buffer.concat(columns.map((column) => bytesField(4, columnMessage(column))));
}

const NULLABLE: Readonly<Record<ColumnInfo['Nullable'], number>> = { NOT_NULL: 1, NULLABLE: 2, UNKNOWN: 3 };

function columnMessage(column: ColumnInfo): Buffer {
  return Buffer.concat([
    bytesField(1, Buffer.from(column.CatalogName)),
    ...(column.SchemaName ? [bytesField(2, Buffer.from(column.SchemaName))] : []),
    ...(column.TableName ? [bytesField(3, Buffer.from(column.TableName))] : []),
    bytesField(4, Buffer.from(column.Name)),
    bytesField(5, Buffer.from(column.Label)),
    bytesField(6, Buffer.from(column.Type)),
    integerField(7, column.Precision),
    integerField(8, column.Scale),
    integerField(9, NULLABLE[column.Nullable]),
    integerField(10, column.CaseSensitive ? 1 : 0),
  ]);
}

function bytesField(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function integerField(number: number, value: number): Buffer {
  return Buffer.concat([varint(number << 3), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
