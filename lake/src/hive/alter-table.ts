import { readColumn, readOptionalSpec, readProperties, readSpec, readTableName } from './clauses.ts';
import type { Reader } from './reader.ts';
import type { AlterTable, PartitionSpec, TableName } from './statement.ts';

/** The rest after ALTER TABLE. */
export function readAlterTable(reader: Reader): AlterTable {
  const table = readTableName(reader);
  if (reader.take('set', 'tblproperties')) return { kind: 'set properties', table, properties: readProperties(reader) };
  if (reader.take('set', 'location')) return { kind: 'set location', table, location: reader.string() };
  if (reader.take('add')) return readAdd(reader, table);
  if (reader.take('drop')) return readDrop(reader, table);
  if (reader.take('replace', 'columns')) return readColumns(reader, 'replace columns', table, {});
  if (reader.take('change')) return readChange(reader, table, {});
  const { spec } = readOptionalSpec(reader);
  return spec === undefined
    ? reader.fail("'ADD'", "'CHANGE'", "'DROP'", "'PARTITION'", "'REPLACE'", "'SET'")
    : readPartitionAction(reader, table, spec);
}

function readAdd(reader: Reader, table: TableName): AlterTable {
  if (reader.take('columns')) return readColumns(reader, 'add columns', table, {});
  const ifNotExists = reader.take('if', 'not', 'exists');
  const partitions: { spec: PartitionSpec; location?: string }[] = [];
  do {
    const spec = readSpec(reader);
    partitions.push(reader.take('location') ? { spec, location: reader.string() } : { spec });
    reader.takeSymbol(',');
  } while (reader.peek().text.toLowerCase() === 'partition');
  return { kind: 'add partitions', table, ifNotExists, partitions };
}

function readDrop(reader: Reader, table: TableName): AlterTable {
  const ifExists = reader.take('if', 'exists');
  const specs: PartitionSpec[] = [];
  do specs.push(readSpec(reader, true));
  while (reader.takeSymbol(','));
  reader.take('purge');
  return { kind: 'drop partitions', table, ifExists, specs };
}

function readColumns(
  reader: Reader,
  kind: 'add columns' | 'replace columns',
  table: TableName,
  at: { spec?: PartitionSpec },
): AlterTable {
  return { kind, table, ...at, columns: reader.listed(() => readColumn(reader)) };
}

function readChange(reader: Reader, table: TableName, at: { spec?: PartitionSpec }): AlterTable {
  reader.take('column');
  const from = reader.identifier();
  const column = readColumn(reader);
  const change = { kind: 'change column', table, ...at, from, column } as const;
  if (reader.take('first')) return { ...change, place: { first: true } };
  return reader.take('after') ? { ...change, place: { after: reader.identifier() } } : change;
}

function readPartitionAction(reader: Reader, table: TableName, spec: PartitionSpec): AlterTable {
  if (reader.take('rename', 'to')) return { kind: 'rename partition', table, from: spec, to: readSpec(reader) };
  if (reader.take('set', 'location')) return { kind: 'set location', table, spec, location: reader.string() };
  if (reader.take('add', 'columns')) return readColumns(reader, 'add columns', table, { spec });
  if (reader.take('replace', 'columns')) return readColumns(reader, 'replace columns', table, { spec });
  if (reader.take('change')) return readChange(reader, table, { spec });
  return reader.fail("'RENAME' 'TO'", "'SET' 'LOCATION'", "'ADD' 'COLUMNS'", "'REPLACE' 'COLUMNS'", "'CHANGE'");
}
