import { UserError } from '../model/exit.ts';
import { SERDE, STORED_AS } from '../normalize/format.ts';
import type { ColumnState, FormatState, TableState } from '../normalize/state.ts';
import { hiveName, hiveProperties, hiveRelation, hiveString } from './quote.ts';

/** Hive DDL as Athena takes it: one statement each, no semicolon. */

type Named = { readonly database: string; readonly name: string };

export function createDatabase(
  database: string,
  comment: string,
  properties: Readonly<Record<string, string>>,
): string {
  return [
    `CREATE DATABASE IF NOT EXISTS ${hiveName(database)}`,
    ...(comment === '' ? [] : [`COMMENT ${hiveString(comment)}`]),
    `WITH DBPROPERTIES ${hiveProperties(properties)}`,
  ].join('\n');
}

export function dropDatabase(database: string): string {
  return `DROP DATABASE IF EXISTS ${hiveName(database)}`;
}

/** `marks` are Weir's own properties, beyond those of the state. */
export function createTable(table: TableState, marks: Readonly<Record<string, string>>): string {
  return [
    `CREATE EXTERNAL TABLE IF NOT EXISTS ${hiveRelation(table.database, table.name)} ${columnList(table.columns)}`,
    ...(table.comment === '' ? [] : [`COMMENT ${hiveString(table.comment)}`]),
    ...(table.partitions.length === 0 ? [] : [`PARTITIONED BY ${columnList(table.partitions)}`]),
    ...formatClauses(table.format),
    `LOCATION ${hiveString(table.location)}`,
    `TBLPROPERTIES ${hiveProperties({ ...table.properties, ...marks })}`,
  ].join('\n');
}

export function dropTable({ database, name }: Named): string {
  return `DROP TABLE IF EXISTS ${hiveRelation(database, name)}`;
}

export function addColumns({ database, name }: Named, columns: readonly ColumnState[]): string {
  return `ALTER TABLE ${hiveRelation(database, name)} ADD COLUMNS ${columnList(columns)}`;
}

export function replaceColumns({ database, name }: Named, columns: readonly ColumnState[]): string {
  return `ALTER TABLE ${hiveRelation(database, name)} REPLACE COLUMNS ${columnList(columns)}`;
}

export function setLocation({ database, name }: Named, location: string): string {
  return `ALTER TABLE ${hiveRelation(database, name)} SET LOCATION ${hiveString(location)}`;
}

export function setProperties({ database, name }: Named, properties: Readonly<Record<string, string>>): string {
  return `ALTER TABLE ${hiveRelation(database, name)} SET TBLPROPERTIES ${hiveProperties(properties)}`;
}

function columnList(columns: readonly ColumnState[]): string {
  const lines = columns.map(({ name, type, comment }) => {
    return `  ${hiveName(name)} ${ddlType(type)}${comment === '' ? '' : ` COMMENT ${hiveString(comment)}`}`;
  });
  return `(\n${lines.join(',\n')}\n)`;
}

/** A type's normal spelling holds words, digits and brackets alone; anything else never reaches a statement. */
function ddlType(type: string): string {
  if (/^[a-z0-9_<>():,]+$/.test(type)) return type;
  throw new UserError(`${JSON.stringify(type)} is no column type`, 'npm run validate says where it stands');
}

function formatClauses(format: FormatState): readonly string[] {
  const stored = Object.entries(STORED_AS).find(
    ([, { input, output }]) => input === format.input && output === format.output,
  )?.[0];
  const as =
    stored === undefined
      ? `STORED AS INPUTFORMAT ${hiveString(format.input)} OUTPUTFORMAT ${hiveString(format.output)}`
      : `STORED AS ${stored}`;
  // STORED AS names the SerDe of Parquet, ORC and Avro by itself.
  if (stored !== undefined && stored !== 'TEXTFILE' && isDefaultSerde(stored, format)) return [as];
  const parameters = serdeParameters(format);
  return [
    `ROW FORMAT SERDE ${hiveString(format.serde)}`,
    ...(Object.keys(parameters).length === 0 ? [] : [`WITH SERDEPROPERTIES ${hiveProperties(parameters)}`]),
    as,
  ];
}

function isDefaultSerde(stored: string, format: FormatState): boolean {
  const serde = { PARQUET: SERDE.parquet, ORC: SERDE.orc, AVRO: SERDE.avro }[stored];
  return serde === format.serde && Object.keys(format.parameters).length === 0;
}

/** LazySimpleSerDe wants its delimiter said twice. */
export function serdeParameters(format: FormatState): Readonly<Record<string, string>> {
  const delimiter = format.parameters['field.delim'];
  if (format.serde !== SERDE.lazy || delimiter === undefined) return format.parameters;
  return { ...format.parameters, 'serialization.format': delimiter };
}

/** True where REPLACE COLUMNS is taken: https://docs.aws.amazon.com/athena/latest/ug/alter-table-replace-columns.html */
export function canReplaceColumns(table: TableState): boolean {
  const serdes: readonly string[] = [SERDE.lazy, SERDE.parquet, SERDE.orc];
  return serdes.includes(table.format.serde) && canAddColumns(table.columns);
}

/** ADD and REPLACE COLUMNS do not work with date columns: https://docs.aws.amazon.com/athena/latest/ug/alter-table-add-columns.html */
export function canAddColumns(columns: readonly ColumnState[]): boolean {
  return columns.every((column) => !/\bdate\b/.test(column.type));
}
