import { DuckDBInstance } from '@duckdb/node-api';
import { benchmarkQueries } from '../test/trino/queries.ts';
import { type LakeClient, least, median, type Row, timed } from './lake-client.ts';
import { tpchTables } from './lake-tpch-data.ts';

const RUNS = 5;
/** What a query may take beyond plain DuckDB: a share of its time, and so many milliseconds for the API. */
const SHARE = 1.15;
const A_QUERY_MS = 25;

export interface TpchQuery {
  readonly number: number;
  readonly rows: number;
  readonly lakeMs: number;
  readonly plainMs: number;
}

export interface Sum {
  readonly lakeMs: number;
  readonly plainMs: number;
  readonly goalMs: number;
}

export interface Tpch {
  /** With the median of the runs. */
  readonly queries: readonly TpchQuery[];
  readonly median: Sum;
  readonly quickest: Sum;
  /** Queries whose rows differ. */
  readonly differ: readonly number[];
}

/** TPC-H through the Athena API beside the same texts on plain DuckDB over the same files, run by run in turn. */
export async function tpch(client: LakeClient, dir: string, signal: AbortSignal): Promise<Tpch> {
  const tables = await tpchTables(client, dir);
  const database = await DuckDBInstance.create(':memory:');
  const plain = await database.connect();
  for (const [table, path] of tables)
    await plain.run(`CREATE VIEW ${table} AS SELECT * FROM read_parquet('${path.replaceAll("'", "''")}')`);
  const queries: TpchQuery[] = [];
  const quickest: (readonly [lakeMs: number, plainMs: number])[] = [];
  const differ: number[] = [];
  for (const { number, typed: sql } of await benchmarkQueries('tpc-h')) {
    const inLake = inDatabase(sql, [...tables.keys()]);
    const lakeRuns: number[] = [];
    const plainRuns: number[] = [];
    let agree = true;
    let count = 0;
    // The first run of each is a warm-up: the statement is parsed and the files' footers are read for the first time.
    for (let run = 0; run <= RUNS; run += 1) {
      signal.throwIfAborted();
      const lake = await timed(() => client.ask(inLake));
      const duck = await timed(async () => (await plain.runAndReadAll(sql)).getRowsJson());
      agree &&= sameRows(lake.value, duck.value as readonly (readonly unknown[])[]);
      count = lake.value.length;
      if (run === 0) continue;
      lakeRuns.push(lake.ms);
      plainRuns.push(duck.ms);
    }
    queries.push({ number, rows: count, lakeMs: median(lakeRuns), plainMs: median(plainRuns) });
    quickest.push([least(lakeRuns), least(plainRuns)]);
    if (!agree) differ.push(number);
  }
  plain.closeSync();
  database.closeSync();
  return {
    queries,
    median: sumOf(queries.map(({ lakeMs, plainMs }) => [lakeMs, plainMs])),
    quickest: sumOf(quickest),
    differ,
  };
}

function sumOf(runs: readonly (readonly [lakeMs: number, plainMs: number])[]): Sum {
  const lakeMs = runs.reduce((all, [lake]) => all + lake, 0);
  const plainMs = runs.reduce((all, [, plain]) => all + plain, 0);
  return { lakeMs, plainMs, goalMs: SHARE * plainMs + A_QUERY_MS * runs.length };
}

/** The text with its tables named in their database, as Athena needs them without a context. */
function inDatabase(sql: string, tables: readonly string[]): string {
  const names = new RegExp(`\\b(FROM|JOIN|,)(\\s+)(${tables.join('|')})\\b(?!\\.)`, 'gi');
  return sql.replace(names, '$1$2tpch.$3');
}

/** Same rows in the same order; numbers may differ by what Athena's decimals round away and floats don't hold. */
function sameRows(lake: readonly Row[], plain: readonly (readonly unknown[])[]): boolean {
  return (
    lake.length === plain.length &&
    lake.every((row, at) => row.length === plain[at]!.length && row.every((cell, c) => sameCell(cell, plain[at]![c])))
  );
}

function sameCell(lake: string | null, plain: unknown): boolean {
  if (lake === null || plain === null) return lake === plain;
  const text = String(plain);
  if (lake === text || `${lake} 00:00:00` === text) return true;
  const [a, b] = [Number(lake), Number(text)];
  const rounding = 0.5 * 10 ** -(lake.split('.')[1]?.length ?? 0);
  return Math.abs(a - b) <= Math.max(rounding, 1e-9 * Math.abs(b)) * 1.0001;
}
