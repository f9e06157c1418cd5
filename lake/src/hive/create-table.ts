import { readColumn, readProperties, readTableName } from './clauses.ts';
import type { Reader } from './reader.ts';
import type { CreateTable, HiveColumn, Properties, StorageClauses } from './statement.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The rest after CREATE [EXTERNAL] TABLE. Clauses in any order, each once: Athena's own examples vary. */
export function readCreateTable(reader: Reader, external: boolean): CreateTable {
  const ifNotExists = reader.take('if', 'not', 'exists');
  const table = readTableName(reader);
  const columns = reader.peek().text === '(' ? reader.listed(() => readColumn(reader)) : [];
  const rest = readClauses(reader);
  return { kind: 'create table', table, external, ifNotExists, columns, ...rest };
}

type Clauses = Omit<CreateTable, 'kind' | 'table' | 'external' | 'ifNotExists' | 'columns'>;

function readClauses(reader: Reader): Clauses {
  const out: Mutable<Clauses> = { partitions: [], properties: {} };
  const seen = new Set<string>();
  const clauses: Readonly<Record<string, () => void>> = {
    comment: () => {
      out.comment = reader.string();
    },
    'partitioned by': () => {
      out.partitions = reader.listed(() => readColumn(reader));
    },
    'clustered by': () => {
      out.buckets = readBuckets(reader);
    },
    'row format': () => Object.assign(out, readRowFormat(reader)),
    'with serdeproperties': () => {
      const properties = readProperties(reader);
      const library = out.serde?.library ?? '';
      out.serde = { library, properties: { ...out.serde?.properties, ...properties } };
    },
    'stored as': () => Object.assign(out, readStored(reader)),
    location: () => {
      out.location = reader.string();
    },
    tblproperties: () => {
      out.properties = readProperties(reader);
    },
  };
  for (;;) {
    const name = Object.keys(clauses).find((words) => !seen.has(words) && reader.take(...words.split(' ')));
    if (name === undefined) return out;
    seen.add(name);
    clauses[name]?.();
  }
}

function readBuckets(reader: Reader): NonNullable<CreateTable['buckets']> {
  const columns = reader.listed(() => reader.identifier());
  if (reader.take('sorted', 'by')) {
    reader.listed(() => {
      const column = reader.identifier();
      return [column, reader.take('asc') || reader.take('desc')];
    });
  }
  reader.need('into');
  const count = Number(reader.number());
  reader.need('buckets');
  return { columns, count };
}

function readRowFormat(reader: Reader): StorageClauses {
  if (reader.take('serde')) {
    const library = reader.string();
    return { serde: { library, properties: reader.take('with', 'serdeproperties') ? readProperties(reader) : {} } };
  }
  if (!reader.take('delimited')) reader.fail("'SERDE'", "'DELIMITED'");
  return { delimited: readDelimited(reader) };
}

function readDelimited(reader: Reader): Properties {
  const out: Record<string, string> = {};
  if (reader.take('fields', 'terminated', 'by')) {
    out['field.delim'] = delimiter(reader);
    out['serialization.format'] = out['field.delim'];
    if (reader.take('escaped', 'by')) out['escape.delim'] = reader.string();
  }
  // Hive's own misspelling, which readers look for.
  if (reader.take('collection', 'items', 'terminated', 'by')) out['colelction.delim'] = delimiter(reader);
  if (reader.take('map', 'keys', 'terminated', 'by')) out['mapkey.delim'] = delimiter(reader);
  if (reader.take('lines', 'terminated', 'by')) out['line.delim'] = reader.string();
  if (reader.take('null', 'defined', 'as')) out['serialization.null.format'] = reader.string();
  return out;
}

/** A delimiter may be given as a character or as its decimal code ('9' stays the digit nine unless above one digit). */
function delimiter(reader: Reader): string {
  const text = reader.string();
  return /^\d{2,3}$/.test(text) && Number(text) < 256 ? String.fromCharCode(Number(text)) : text;
}

function readStored(reader: Reader): StorageClauses {
  if (reader.take('inputformat')) {
    const inputFormat = reader.string();
    reader.need('outputformat');
    return { inputFormat, outputFormat: reader.string() };
  }
  return { format: reader.identifier() };
}

/** Columns given twice, also across table and partition columns. */
export function repeatedColumn(columns: readonly HiveColumn[]): string | undefined {
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}
