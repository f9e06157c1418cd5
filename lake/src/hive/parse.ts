import { readAlterTable } from './alter-table.ts';
import { readProperties, readTableName } from './clauses.ts';
import { readCreateTable } from './create-table.ts';
import { type Reader, readerOf } from './reader.ts';
import { readDescribe, readShow } from './show.ts';
import type { HiveStatement } from './statement.ts';

export { HiveSyntaxError } from './tokens.ts';

/** Reads one statement of Athena's Hive DDL; throws `HiveSyntaxError` at the place where it goes wrong. */
export function parseHive(text: string): HiveStatement {
  const reader = readerOf(text);
  const statement = readStatement(reader);
  reader.end();
  return statement;
}

function readStatement(reader: Reader): HiveStatement {
  if (reader.take('create')) return readCreate(reader);
  if (reader.take('drop')) return readDrop(reader);
  if (reader.take('alter')) return readAlter(reader);
  if (reader.take('msck', 'repair', 'table')) return { kind: 'repair table', table: readTableName(reader) };
  if (reader.take('show')) return readShow(reader);
  if (reader.take('describe') || reader.take('desc')) return readDescribe(reader);
  return reader.fail("'ALTER'", "'CREATE'", "'DESCRIBE'", "'DROP'", "'MSCK' 'REPAIR' 'TABLE'", "'SHOW'");
}

function readCreate(reader: Reader): HiveStatement {
  if (reader.take('database') || reader.take('schema')) return readCreateDatabase(reader);
  if (reader.take('external', 'table')) return readCreateTable(reader, true);
  if (reader.take('table')) return readCreateTable(reader, false);
  return reader.fail("'DATABASE'", "'EXTERNAL' 'TABLE'", "'OR' 'REPLACE' 'VIEW'", "'SCHEMA'", "'TABLE'", "'VIEW'");
}

function readCreateDatabase(reader: Reader): HiveStatement {
  const ifNotExists = reader.take('if', 'not', 'exists');
  const name = reader.identifier();
  const comment = reader.take('comment') ? { comment: reader.string() } : {};
  const location = reader.take('location') ? { location: reader.string() } : {};
  const properties = reader.take('with', 'dbproperties') ? readProperties(reader) : {};
  return { kind: 'create database', name, ifNotExists, ...comment, ...location, properties };
}

function readDrop(reader: Reader): HiveStatement {
  const view = reader.take('view');
  if (view || reader.take('table')) {
    const ifExists = reader.take('if', 'exists');
    const table = readTableName(reader);
    reader.take('purge');
    return { kind: view ? 'drop view' : 'drop table', table, ifExists };
  }
  if (!reader.take('database') && !reader.take('schema')) reader.fail("'DATABASE'", "'SCHEMA'", "'TABLE'", "'VIEW'");
  const ifExists = reader.take('if', 'exists');
  const name = reader.identifier();
  const cascade = !reader.take('restrict') && reader.take('cascade');
  return { kind: 'drop database', name, ifExists, cascade };
}

function readAlter(reader: Reader): HiveStatement {
  if (reader.take('table')) return readAlterTable(reader);
  if (!reader.take('database') && !reader.take('schema')) reader.fail("'DATABASE'", "'SCHEMA'", "'TABLE'");
  const name = reader.identifier();
  reader.need('set', 'dbproperties');
  return { kind: 'alter database', name, properties: readProperties(reader) };
}
