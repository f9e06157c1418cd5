import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { AthenaClient, BatchGetQueryExecutionCommand, paginateListQueryExecutions } from '@aws-sdk/client-athena';
import { parquetMetadata } from 'hyparquet';
import { type OpenEnvironment, openEnvironment } from '../scripts/adapters/environment.ts';
import { readPipeline } from '../scripts/adapters/files.ts';
import { readDefinitions } from '../scripts/commands/definitions.ts';
import { EXIT, type ExitCode } from '../scripts/core/model/exit.ts';
import { startLakeProcess } from '../test/lake-process.ts';
import { folderBytes } from './encodings.ts';
import { type Finished, ROOT, runScript, watchMemory } from './process.ts';

const FROM = '2024-09-01';
const TO = '2024-12-31';
/** The day asked for in the one-day query, in the middle of the range. */
const DAY = '2024-10-31';
const SALES = 'supermarket_raw_zone.supermarket_sales';
const FLAT = 'supermarket_raw_zone.bench_sales_unpartitioned';

export interface HeadlineOptions {
  readonly rows: number;
  readonly work: string | undefined;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

interface Measured {
  readonly bytes: number;
  readonly ms: number;
}

interface Headline {
  readonly rows: number;
  readonly cores: number;
  readonly csvBytes: number;
  readonly parquetBytes: number;
  readonly reductionPercent: number;
  /** The one-day query, and the same columns without a filter. */
  readonly fullScan: Measured;
  readonly oneDayPartitioned: Measured;
  readonly oneDayUnpartitioned: Measured;
  /** What the one-day query needs of the unpartitioned file where row groups are skipped by their statistics. */
  readonly rowGroupsBytes: number;
  readonly landingBytesScanned: number;
  readonly sampleSeconds: number;
  readonly backfillSeconds: number;
  readonly plainCopySeconds: number;
  readonly peakBytes: Readonly<Record<string, number | undefined>>;
}

/** Landing CSV to raw Parquet through the whole pipeline, measured beside DuckDB's own copy of the same data. */
export async function headline(options: HeadlineOptions): Promise<ExitCode> {
  const say = (text: string): void => void process.stderr.write(`bench: ${text}\n`);
  const work = options.work ?? (await mkdtemp(join(tmpdir(), 'weir-bench-')));
  await mkdir(work, { recursive: true });
  // A process of its own, so that its memory can be told from that of the pipeline.
  const lake = await startLakeProcess(join(work, 'lake'));
  const lakeMemory = watchMemory(lake.child);
  const env = { ...process.env, AWS_ENDPOINT_URL: lake.url, NO_COLOR: '1' };
  process.env.AWS_ENDPOINT_URL = lake.url;
  const run = (script: string, ...args: string[]): Promise<Finished> => {
    options.signal.throwIfAborted();
    return runScript(script, args, env);
  };
  const days = ['--from', FROM, '--to', TO];
  try {
    say(`${options.rows.toLocaleString('en')} rows over ${FROM} to ${TO} below ${work}`);
    const csv = join(work, 'csv');
    const sample = await run('scripts/sample.ts', 'supermarket', ...days, '--rows', String(options.rows), '--out', csv);
    await run('scripts/sample.ts', 'supermarket', ...days, '--rows', String(options.rows));
    const csvBytes = await folderBytes(join(csv, 'supermarket/sales'));
    say('apply, and the static tables');
    await run('scripts/apply.ts');
    for (const table of ['locations', 'categories', 'branches', 'products', 'customers']) {
      await run('scripts/load.ts', '--table', `supermarket_raw_zone.supermarket_${table}`);
    }
    say('backfill');
    const since = Date.now();
    const backfill = await run('scripts/load.ts', '--table', SALES, ...days, '--json');
    say('plain copy');
    const plain = await run('bench/plain-copy.ts', csv, join(work, 'plain'));
    say('queries');
    const open = await openEnvironment(readDefinitions(await readPipeline(ROOT)).lake, 'local');
    try {
      const landingBytesScanned = await ctasScan(lake.url, open.environment.workgroups.load, since);
      const queries = await measureQueries(open);
      const peakLake = lakeMemory.stop();
      return print(options.json, {
        rows: options.rows,
        cores: cpus().length,
        csvBytes,
        parquetBytes: await ledgerBytes(open),
        ...queries,
        landingBytesScanned,
        sampleSeconds: sample.seconds,
        backfillSeconds: backfill.seconds,
        plainCopySeconds: plain.seconds,
        peakBytes: {
          lake: peakLake,
          load: backfill.peakBytes,
          sample: sample.peakBytes,
          'plain copy': plain.peakBytes,
        },
      });
    } finally {
      await open.close();
    }
  } finally {
    lakeMemory.stop();
    await lake.stop();
    if (options.work === undefined) await rm(work, { recursive: true, force: true });
  }
}

async function measureQueries(
  open: OpenEnvironment,
): Promise<Pick<Headline, 'fullScan' | 'oneDayPartitioned' | 'oneDayUnpartitioned' | 'rowGroupsBytes'>> {
  const { load, query } = open.environment.workgroups;
  const [year, month, day] = DAY.split('-');
  const answer = 'SELECT branch_id, SUM(quantity * unit_price) AS sales FROM';
  await runQuery(open, `DROP TABLE IF EXISTS ${FLAT}`, query);
  const location = `s3://${open.environment.buckets.raw}/bench/unpartitioned-${Date.now()}/`;
  await runQuery(
    open,
    `CREATE TABLE ${FLAT} WITH (format = 'PARQUET', write_compression = 'ZSTD', external_location = '${location}') AS
     SELECT sale_id, sale_date, sale_time, branch_id, customer_id, product_id, quantity, unit_price, discount, payment_method
     FROM ${SALES} ORDER BY sale_id`,
    load,
  );
  const fullScan = await best(open, `${answer} ${SALES} GROUP BY branch_id`, query);
  const partitionedDay = `${answer} ${SALES} WHERE year = '${year}' AND month = '${month}' AND day = '${day}' GROUP BY branch_id`;
  const oneDayPartitioned = await best(open, partitionedDay, query);
  const rowGroupsBytes = await survivingBytes(open, location);
  const flatDay = `${answer} ${FLAT} WHERE sale_date = DATE '${DAY}' GROUP BY branch_id`;
  const oneDayUnpartitioned = await best(open, flatDay, query);
  await runQuery(open, `DROP TABLE ${FLAT}`, query);
  return { fullScan, oneDayPartitioned, oneDayUnpartitioned, rowGroupsBytes };
}

const ASKED = ['branch_id', 'quantity', 'unit_price', 'sale_date'];

/** Bytes of the asked columns in the row groups whose least and greatest date hold the day. */
async function survivingBytes(open: OpenEnvironment, location: string): Promise<number> {
  const bucket = location.split('/')[2]!;
  const prefix = location.split('/').slice(3).join('/');
  const day = Date.parse(`${DAY}T00:00:00Z`);
  let bytes = 0;
  for await (const { key } of open.s3.list(bucket, prefix)) {
    const object = await open.s3.get(bucket, key);
    if (object === undefined) continue;
    const { buffer, byteOffset, byteLength } = object.body;
    const footer = parquetMetadata(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
    for (const group of footer.row_groups) {
      const column = (name: string) =>
        group.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name)?.meta_data;
      const { min_value: min, max_value: max } = column('sale_date')?.statistics ?? {};
      if (min instanceof Date && max instanceof Date && (min.getTime() > day || max.getTime() < day)) continue;
      for (const name of ASKED) bytes += Number(column(name)?.total_compressed_size ?? 0);
    }
  }
  return bytes;
}

/** The quickest of five runs. */
async function best(open: OpenEnvironment, sql: string, workgroup: string): Promise<Measured> {
  const runs: Measured[] = [];
  for (let i = 0; i < 5; i++) runs.push(await runQuery(open, sql, workgroup));
  return runs.reduce((least, run) => (run.ms < least.ms ? run : least));
}

async function runQuery(open: OpenEnvironment, sql: string, workgroup: string): Promise<Measured> {
  const outcome = await open.athena.wait(await open.athena.start({ sql, workgroup }));
  if (outcome.state !== 'succeeded') throw new Error(`${outcome.reason}\n${sql}`);
  return { bytes: outcome.statistics.bytesScanned, ms: outcome.statistics.engineMs };
}

async function ledgerBytes(open: OpenEnvironment): Promise<number> {
  const partitions = await open.glue.listPartitions('supermarket_raw_zone', 'supermarket_sales');
  return partitions.reduce((sum, { parameters }) => sum + Number(parameters['weir.load.bytes']), 0);
}

/** Bytes that the CTAS statements after `since` scanned, by Athena's own statistics. */
async function ctasScan(endpoint: string, workgroup: string, since: number): Promise<number> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const client = new AthenaClient({ endpoint, region: 'us-east-1', credentials });
  try {
    let bytes = 0;
    for await (const page of paginateListQueryExecutions({ client }, { WorkGroup: workgroup })) {
      const QueryExecutionIds = page.QueryExecutionIds ?? [];
      if (QueryExecutionIds.length === 0) continue;
      const found = await client.send(new BatchGetQueryExecutionCommand({ QueryExecutionIds }));
      for (const { SubstatementType, Status, Statistics } of found.QueryExecutions ?? []) {
        const late = (Status?.SubmissionDateTime?.getTime() ?? 0) >= since;
        if (late && SubstatementType === 'CREATE_TABLE_AS_SELECT') bytes += Statistics?.DataScannedInBytes ?? 0;
      }
    }
    return bytes;
  } finally {
    client.destroy();
  }
}

function print(json: boolean, measured: Omit<Headline, 'reductionPercent'>): ExitCode {
  const result: Headline = { ...measured, reductionPercent: 100 * (1 - measured.parquetBytes / measured.csvBytes) };
  if (json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return EXIT.done;
  }
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
  const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)} %`;
  const { fullScan, oneDayPartitioned, oneDayUnpartitioned } = result;
  const lines: [string, string][] = [
    ['rows, cores', `${result.rows.toLocaleString('en')}, ${result.cores}`],
    ['landing CSV', `${megabytes(result.csvBytes)} (${(result.csvBytes / result.rows).toFixed(2)} bytes a row)`],
    [
      'raw Parquet',
      `${megabytes(result.parquetBytes)} (${(result.parquetBytes / result.rows).toFixed(2)} bytes a row)`,
    ],
    ['storage reduction', `${result.reductionPercent.toFixed(2)} %`],
    ['full scan of the columns', `${megabytes(fullScan.bytes)}, ${fullScan.ms} ms`],
    [
      'one day, unpartitioned Parquet',
      `${megabytes(oneDayUnpartitioned.bytes)}, ${oneDayUnpartitioned.ms} ms as the engine counts it`,
    ],
    ['one day, partitioned', `${megabytes(oneDayPartitioned.bytes)}, ${oneDayPartitioned.ms} ms`],
    ['one day of the full scan', percent(oneDayPartitioned.bytes, fullScan.bytes)],
    [
      'row-group skipping alone',
      `${megabytes(result.rowGroupsBytes)}, ${percent(result.rowGroupsBytes, fullScan.bytes)} (row groups whose dates hold the day, from the footers)`,
    ],
    [
      'query time reduction',
      `${(100 * (1 - oneDayPartitioned.ms / fullScan.ms)).toFixed(2)} % of the full scan, ${(100 * (1 - oneDayPartitioned.ms / oneDayUnpartitioned.ms)).toFixed(2)} % of the unpartitioned day`,
    ],
    ['sample', `${result.sampleSeconds.toFixed(1)} s`],
    ['backfill, whole pipeline', `${result.backfillSeconds.toFixed(1)} s`],
    ['plain DuckDB copy', `${result.plainCopySeconds.toFixed(1)} s`],
    ['backfill beside plain copy', `${(result.backfillSeconds / result.plainCopySeconds).toFixed(2)} x`],
    ['landing bytes scanned by backfill', `${(result.landingBytesScanned / result.csvBytes).toFixed(3)} x the landing`],
    ...Object.entries(result.peakBytes).map(([name, bytes]): [string, string] => [
      `peak memory, ${name}`,
      bytes === undefined ? 'not told by this platform' : megabytes(bytes),
    ]),
  ];
  process.stdout.write('| measure | value |\n| --- | --- |\n');
  for (const [name, value] of lines) process.stdout.write(`| ${name} | ${value} |\n`);
  return EXIT.done;
}
