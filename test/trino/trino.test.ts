import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { AthenaClient } from '@aws-sdk/client-athena';
import { S3Client } from '@aws-sdk/client-s3';
import { parse } from 'yaml';
import { type RunningLake, startLake } from '../clients/lake.ts';
import { difference } from './compare.ts';
import { exchangeCases, prepareExchange, tryExchange } from './exchange.ts';
import { type BenchmarkQuery, benchmarkQueries } from './queries.ts';
import { startTrino, type Trino } from './server.ts';
import { type Ask, athenaAsk, trinoAsk } from './statements.ts';
import { fillSupermarket } from './supermarket.ts';
import { writeBenchmarks } from './write-benchmarks.ts';

/** A real Trino on the lake's Glue and S3, beside the lake's own Athena: docs/conformance.md. */

const OUTPUT = 's3://exchange/results/';
/** Statements that do not agree, each with its reason: `tpcds 12: why`. One that agrees after all must leave the list. */
const known = (parse(readFileSync(join(import.meta.dirname, 'known.yaml'), 'utf8')) ?? {}) as Record<string, string>;

let lake: RunningLake;
let trino: Trino;
let s3: S3Client;
let athena: AthenaClient;

before(async () => {
  lake = await startLake();
  trino = await startTrino(lake.url);
  const settings = {
    endpoint: lake.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  s3 = new S3Client({ ...settings, forcePathStyle: true });
  athena = new AthenaClient(settings);
  await prepareExchange(s3, trinoAsk(trino.url, 'default'));
});

after(async () => {
  s3?.destroy();
  athena?.destroy();
  await trino?.stop();
  await lake?.stop();
});

const engines = (database: string): { readonly lake: Ask; readonly trino: Ask } => ({
  lake: athenaAsk(athena, database, OUTPUT),
  trino: trinoAsk(trino.url, database),
});

describe('tables and views made by one engine and read by both', () => {
  for (const each of exchangeCases)
    test(each.name, () => {
      const { lake: ours, trino: theirs } = engines('exchange');
      return tryExchange(each, s3, ours, theirs);
    });
});

test('the supermarket lake: every table, view and saved query', async (context) => {
  const readings = await fillSupermarket(lake);
  const { lake: ours, trino: theirs } = engines('supermarket_serving_zone');
  let rows = 0;
  const differences: string[] = [];
  for (const { name, sql } of readings) {
    const answer = await theirs(sql);
    if ('error' in answer || answer.rows.length === 0) differences.push(`${name}: ${JSON.stringify(answer)}`);
    else rows += answer.rows.length;
    const found = difference(answer, await ours(sql));
    if (found) differences.push(`${name}: ${found}`);
  }
  assert.equal(differences.join('\n'), '');
  context.diagnostic(`${readings.length} read alike, ${rows} rows`);
});

describe('standard benchmarks on data that Trino wrote into the lake', () => {
  before(async () => {
    await writeBenchmarks(s3, trino.url);
  });
  test('TPC-H, its money as decimals', (context) => benchmark('tpc-h', 'tpch', 22, context));
  test('TPC-H, its money as doubles', (context) => benchmark('tpc-h', 'tpch_double', 22, context));
  test('TPC-DS', (context) => benchmark('tpc-ds', 'tpcds', 99, context));
});

async function benchmark(name: 'tpc-h' | 'tpc-ds', database: string, count: number, context: TestContext) {
  const queries = await benchmarkQueries(name);
  assert.deepEqual(
    queries.map(({ number }) => number),
    Array.from({ length: count }, (_, index) => index + 1),
  );
  const figures = { agree: 0, rows: 0, empty: 0, refused: 0, typed: 0 };
  const differences = new Map<string, string>();
  for (const query of queries) {
    const found = await judge(query, database, figures);
    if (found) differences.set(`${database} ${query.number}`, found);
    else figures.agree += 1;
  }
  const { agree, rows, empty, refused, typed } = figures;
  context.diagnostic(
    `${database}: ${agree} of ${count} agree (${rows} rows; ${empty} without rows; ${refused} refused by both by the same name, of which ${typed} agree on rows with their dates typed)`,
  );
  const isKnown = (key: string) => key in known;
  const unknown = [...differences].filter(([key]) => !isKnown(key)).map(([key, found]) => `${key}: ${found}`);
  assert.equal(unknown.join('\n'), '');
  const listed = Object.keys(known).filter((key) => key.startsWith(`${database} `));
  assert.deepEqual(
    listed.filter((key) => !differences.has(key)),
    [],
    'these agree now',
  );
}

type Figures = Record<'rows' | 'empty' | 'refused' | 'typed', number>;

async function judge({ sql, typed }: BenchmarkQuery, database: string, figures: Figures): Promise<string | undefined> {
  const { lake: ours, trino: theirs } = engines(database);
  const answer = await theirs(sql);
  const found = difference(answer, await ours(sql));
  if (found) return found;
  if (!('error' in answer)) {
    figures.rows += answer.rows.length;
    if (answer.rows.length === 0) figures.empty += 1;
    return undefined;
  }
  figures.refused += 1;
  if (typed === sql) return undefined;
  const again = await theirs(typed);
  if ('error' in again) return `refused with its dates typed: ${again.message}`;
  figures.typed += 1;
  figures.rows += again.rows.length;
  return difference(again, await ours(typed));
}
