import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { type Answer, trinoAsk } from './statements.ts';

const BUCKET = 'trino-lake';

/** The standard data of a Trino catalog, which go into a database of the lake. */
export const BENCHMARKS = [
  { database: 'tpch', catalog: 'tpch' },
  { database: 'tpch_double', catalog: 'tpch_double' },
  { database: 'tpcds', catalog: 'tpcds' },
] as const;

/** A row of versions, with a time of day, which Hive tables cannot hold; no query reads it. */
const LEFT_OUT = new Set(['dbgen_version']);

/** Has Trino write its tables of the size `tiny` into the lake; gives the number of rows by table. */
export async function writeBenchmarks(s3: S3Client, trinoUrl: string): Promise<ReadonlyMap<string, number>> {
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const ask = trinoAsk(trinoUrl, 'default');
  const written = new Map<string, number>();
  for (const { database, catalog } of BENCHMARKS) {
    done(await ask(`CREATE SCHEMA ${database} WITH (location = 's3://${BUCKET}/${database}/')`));
    const tables = done(await ask(`SHOW TABLES FROM ${catalog}.tiny`)).map((row) => row[0]!);
    for (const table of tables.filter((name) => !LEFT_OUT.has(name))) {
      const source = `SELECT * FROM ${catalog}.tiny.${table}`;
      const rows = done(await ask(`CREATE TABLE ${database}.${table} WITH (format = 'PARQUET') AS ${source}`));
      written.set(`${database}.${table}`, Number(rows[0]![0]));
    }
  }
  return written;
}

/** The rows of an answer that must not be a refusal. */
export function done(answer: Answer): readonly (readonly (string | null)[])[] {
  if ('error' in answer) throw new Error(`${answer.error}: ${answer.message}`);
  return answer.rows;
}
