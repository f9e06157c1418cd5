import { randomUUID } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { duckdbType, quoteText } from '../../sql/types/index.ts';
import { failure } from '../failure.ts';
import { DEFAULT_PARTITION } from '../location.ts';
import type { DataColumn } from '../scan/source.ts';
import type { Connection } from '../session.ts';
import type { StatementContext } from '../statement-context.ts';
import { copySql } from './copy.ts';
import type { WriteFormat } from './format.ts';

/** https://docs.aws.amazon.com/athena/latest/ug/ctas-insert-into.html */
const MOST_WRITERS = 100;

export interface WriteTask {
  /** A SELECT whose columns are, in order, `columns` and then `keys`. */
  readonly sql: string;
  readonly columns: readonly DataColumn[];
  readonly keys: readonly DataColumn[];
  /** Over c0, c1, ...; undefined: as the rows come. */
  readonly order: string | undefined;
  readonly format: WriteFormat;
}

export interface WrittenFile {
  /** Partition values; empty where there are no keys. */
  readonly values: readonly string[];
  /** In a scratch folder. */
  readonly file: string;
  readonly size: number;
}

export interface Written {
  readonly files: readonly WrittenFile[];
  readonly rows: number;
}

/** Writes the rows into new files, one a partition; none is left where that fails. */
export async function writeRows(task: WriteTask, context: StatementContext): Promise<Written> {
  const made: string[] = [];
  const newFile = () => {
    const file = context.newFile();
    made.push(file);
    return file;
  };
  try {
    return task.keys.length === 0
      ? await writeOne(task, context, newFile)
      : await writePartitions(task, context, newFile);
  } catch (error) {
    for (const file of made) rmSync(file, { force: true });
    throw error;
  }
}

function named(task: WriteTask): string {
  const count = task.columns.length + task.keys.length;
  return `(${task.sql}) AS q(${Array.from({ length: count }, (_, i) => `c${i}`).join(', ')})`;
}

function sources(task: WriteTask): readonly (DataColumn & { readonly source: string })[] {
  return task.columns.map((column, i) => ({ ...column, source: `c${i}` }));
}

async function writeOne(task: WriteTask, context: StatementContext, newFile: () => string): Promise<Written> {
  const file = newFile();
  const rows = await context.connection.count(copySql(named(task), sources(task), task.order, task.format, file));
  if (rows > 0) return { rows, files: [{ values: [], file, size: statSync(file).size }] };
  rmSync(file, { force: true });
  return { rows, files: [] };
}

/**
 * The rows go into a table in memory (DuckDB spills it where it must), then every partition is copied out by itself:
 * its file is sorted as a whole, has large row groups, and few rows are ever held twice.
 */
async function writePartitions(task: WriteTask, context: StatementContext, newFile: () => string): Promise<Written> {
  const table = `write_${randomUUID().replaceAll('-', '')}`;
  const { connection } = context;
  const typed = [...task.columns, ...task.keys].map(({ type }, i) => `CAST(c${i} AS ${duckdbType(type)}) AS c${i}`);
  try {
    const fill = () => connection.count(`CREATE TABLE ${table} AS SELECT ${typed.join(', ')} FROM ${named(task)}`);
    const rows = task.order === undefined ? await fill() : await inAnyOrder(connection, fill);
    const partitions = await distinctValues(task, table, connection);
    if (partitions.length > MOST_WRITERS) {
      const text = `Exceeded limit of ${MOST_WRITERS} open writers for partitions/buckets`;
      throw failure('HIVE_TOO_MANY_OPEN_PARTITIONS', text);
    }
    const files = await copyPartitions(task, table, partitions, newFile, connection);
    return { rows, files };
  } finally {
    await connection.run(`DROP TABLE IF EXISTS ${table}`).catch(() => dropLater(context, table));
  }
}

/** Rows that are sorted later need not be kept in the order in which they come, which costs a seventh of the work. */
async function inAnyOrder<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.run('SET SESSION preserve_insertion_order = false');
  try {
    return await work();
  } finally {
    await connection.run('SET SESSION preserve_insertion_order = true').catch(() => undefined);
  }
}

/** An aborted statement's connection takes no more; another one clears up. */
async function dropLater(context: StatementContext, table: string): Promise<void> {
  const connection = await context.session.connect();
  await connection.run(`DROP TABLE IF EXISTS ${table}`).catch(() => undefined);
  connection.close();
}

interface Partition {
  readonly values: readonly string[];
  readonly condition: string;
}

async function distinctValues(task: WriteTask, table: string, connection: Connection): Promise<readonly Partition[]> {
  const cells = task.keys.map((_, k) => `c${task.columns.length + k}`);
  const texts = cells.map((cell, k) => `nullif(CAST(${cell} AS VARCHAR), '') AS t${k}`).join(', ');
  const sql = `SELECT DISTINCT ${texts} FROM ${table} ORDER BY ALL LIMIT ${MOST_WRITERS + 1}`;
  const rows = (await connection.read(sql)).getRowsJson() as (string | null)[][];
  return rows.map((row) => ({
    values: row.map((value) => value ?? DEFAULT_PARTITION),
    condition: row.map((value, k) => matches(cells[k]!, value, task.keys[k]!)).join(' AND '),
  }));
}

function matches(cell: string, value: string | null, key: DataColumn): string {
  // To Hive an empty value is none.
  if (value === null) return `nullif(CAST(${cell} AS VARCHAR), '') IS NULL`;
  return `${cell} = CAST(${quoteText(value)} AS ${duckdbType(key.type)})`;
}

async function copyPartitions(
  task: WriteTask,
  table: string,
  partitions: readonly Partition[],
  newFile: () => string,
  connection: Connection,
): Promise<readonly WrittenFile[]> {
  const files: WrittenFile[] = [];
  let next = 0;
  const work = async () => {
    const own = await connection.fork();
    try {
      for (let at = next++; at < partitions.length; at = next++) {
        const { values, condition } = partitions[at]!;
        const file = newFile();
        await own.run(copySql(`${table} WHERE ${condition}`, sources(task), task.order, task.format, file));
        files[at] = { values, file, size: statSync(file).size };
      }
    } finally {
      own.close();
    }
  };
  const workers = Math.min(availableParallelism(), 4, partitions.length);
  // All have to be at rest before a failure may clear their files away.
  const ends = await Promise.allSettled(Array.from({ length: workers }, work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return files;
}
