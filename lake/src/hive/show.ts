import { readOptionalSpec, readTableName } from './clauses.ts';
import type { Reader } from './reader.ts';
import type { Describe, Show, ShowFilter, TableName } from './statement.ts';

/** The rest after SHOW. */
export function readShow(reader: Reader): Show {
  if (reader.take('databases') || reader.take('schemas')) return { kind: 'show databases', ...readPattern(reader) };
  if (reader.take('tables')) return { kind: 'show tables', ...readDatabase(reader), ...readPattern(reader) };
  if (reader.take('views')) return { kind: 'show views', ...readDatabase(reader), ...readPattern(reader) };
  if (reader.take('columns')) return readShowColumns(reader);
  if (reader.take('partitions')) return { kind: 'show partitions', table: readTableName(reader) };
  if (reader.take('create', 'table')) return { kind: 'show create table', table: readTableName(reader) };
  if (reader.take('create', 'view')) return { kind: 'show create view', table: readTableName(reader) };
  if (reader.take('tblproperties')) {
    const table = readTableName(reader);
    if (!reader.takeSymbol('(')) return { kind: 'show properties', table };
    const property = reader.string();
    reader.needSymbol(')');
    return { kind: 'show properties', table, property };
  }
  return reader.fail("'COLUMNS'", "'CREATE'", "'DATABASES'", "'PARTITIONS'", "'TABLES'", "'TBLPROPERTIES'", "'VIEWS'");
}

function readDatabase(reader: Reader): { database: string | undefined } {
  return { database: reader.take('in') || reader.take('from') ? reader.identifier() : undefined };
}

/** `['pattern']` or `[LIKE 'pattern']` */
function readPattern(reader: Reader): ShowFilter {
  if (reader.take('like') || reader.peek().kind === 'string') return { pattern: reader.string() };
  return {};
}

function readShowColumns(reader: Reader): Show {
  if (!reader.take('in') && !reader.take('from')) reader.fail("'FROM'", "'IN'");
  const table = readTableName(reader);
  if (!reader.take('in') && !reader.take('from')) return { kind: 'show columns', table };
  const named: TableName = { database: reader.identifier(), name: table.name };
  return { kind: 'show columns', table: named };
}

/** The rest after DESCRIBE: `[VIEW] [EXTENDED | FORMATTED] table [PARTITION (...)] [column]`. */
export function readDescribe(reader: Reader): Describe {
  reader.take('view');
  const formatted = reader.take('formatted');
  const detail = formatted ? 'formatted' : reader.take('extended') ? 'extended' : 'plain';
  const table = readTableName(reader);
  const at = readOptionalSpec(reader);
  const named = reader.peek().kind === 'word' || reader.peek().kind === 'quoted';
  const column = named ? { column: reader.identifier() } : {};
  return { kind: 'describe', table, detail, ...at, ...column };
}
