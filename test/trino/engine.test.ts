import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import {
  AthenaClient,
  CreatePreparedStatementCommand,
  GetQueryExecutionCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { type RunningLake, startLake } from '../clients/lake.ts';
import { difference } from './compare.ts';
import { judgeRecorded, makeRecordedTables } from './recorded.ts';
import { freePort, startTrino, type Trino } from './server.ts';
import { type Answer, type Ask, athenaAsk } from './statements.ts';
import { fillSupermarket, type Reading } from './supermarket.ts';
import { done } from './write-benchmarks.ts';

/** A real Trino as the lake's engine: what clients ask of Athena is executed there, and the answers are DuckDB's. */

const OUTPUT = 's3://engine/results/';
let lake: RunningLake;
let trino: Trino;
let s3: S3Client;
let athena: AthenaClient;
let ask: Ask;

before(async () => {
  // Trino is told where the lake will be, the lake where Trino is: the lake comes second, and looks.
  const port = await freePort();
  trino = await startTrino(`http://127.0.0.1:${port}`);
  lake = await startLake(['--port', String(port), '--engine', 'trino', '--trino-url', trino.url]);
  s3 = new S3Client({ ...settings(lake), forcePathStyle: true });
  athena = new AthenaClient(settings(lake));
  await s3.send(new CreateBucketCommand({ Bucket: 'engine' }));
  ask = athenaAsk(athena, 'engine', OUTPUT);
  done(await ask('CREATE DATABASE engine'));
});

after(async () => {
  s3?.destroy();
  athena?.destroy();
  await trino?.stop();
  await lake?.stop();
});

function settings({ url }: Pick<RunningLake, 'url'>) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return { endpoint: url, region: 'us-east-1', credentials };
}

async function rows(sql: string): Promise<readonly (readonly (string | null)[])[]> {
  return done(await ask(sql));
}

async function begin(QueryString: string, more: { readonly ExecutionParameters?: string[] } = {}): Promise<string> {
  const place = { QueryExecutionContext: { Database: 'engine' }, ResultConfiguration: { OutputLocation: OUTPUT } };
  const { QueryExecutionId } = await athena.send(new StartQueryExecutionCommand({ QueryString, ...place, ...more }));
  return QueryExecutionId!;
}

async function execution(QueryExecutionId: string): Promise<QueryExecution> {
  return (await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))).QueryExecution!;
}

async function ended(id: string): Promise<QueryExecution> {
  for (;;) {
    const found = await execution(id);
    if (!['QUEUED', 'RUNNING'].includes(found.Status!.State!)) return found;
    await wait(20);
  }
}

async function object(uri: string): Promise<string> {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri)!;
  return (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString();
}

describe('the Athena API over a real Trino', () => {
  test('a result: types, text of values, the CSV in S3, what was scanned', async () => {
    await rows(`CREATE TABLE typed WITH (external_location = 's3://engine/typed/') AS
      SELECT BIGINT '9007199254740993' AS i, 1e10 AS f, DECIMAL '1.50' AS d, DATE '2024-02-29' AS day,
        TIMESTAMP '2024-01-01 01:02:03.456' AS t, X'6865' AS x, '' AS none, CAST(NULL AS varchar) AS nil,
        MAP(ARRAY[2, 1], ARRAY['b', NULL]) AS m, CAST(ROW(1, ARRAY[1.5]) AS ROW(a integer, b array(double))) AS r`);
    const found = await ended(await begin('SELECT * FROM typed'));
    const { OutputLocation = '' } = found.ResultConfiguration ?? {};
    assert.equal(
      await object(OutputLocation),
      '"i","f","d","day","t","x","none","nil","m","r"\n' +
        '"9007199254740993","1.0E10","1.50","2024-02-29","2024-01-01 01:02:03.456","68 65","",,"{2=b, 1=null}","{a=1, b=[1.5]}"\n',
    );
    assert.ok((await object(`${OutputLocation}.metadata`)).includes('decimal'));
    assert.ok(found.Statistics!.DataScannedInBytes! > 0);
    assert.deepEqual([found.StatementType, found.SubstatementType], ['DML', 'SELECT']);
    const { columns } = (await ask('SELECT i, d, t, m FROM typed')) as Extract<Answer, { rows: unknown }>;
    assert.deepEqual(
      columns.map(({ type }) => type),
      ['bigint', 'decimal(3,2)', 'timestamp', 'map'],
    );
  });

  test('CREATE TABLE AS with partitions, INSERT, partitions that are added by hand', async () => {
    await rows(`CREATE TABLE parts WITH (format = 'PARQUET', write_compression = 'SNAPPY',
      external_location = 's3://engine/parts/', partitioned_by = ARRAY['p']) AS SELECT 1 AS a, 'x' AS p`);
    const inserted = await ended(await begin("INSERT INTO parts VALUES (2, 'y'), (3, 'x')"));
    const manifest = (await object(inserted.Statistics!.DataManifestLocation!)).trim().split('\n');
    assert.match(manifest.join(' '), /^s3:\/\/engine\/parts\/p=x\/\S+ s3:\/\/engine\/parts\/p=y\/\S+$/);
    await rows("ALTER TABLE parts ADD PARTITION (p = 'z') LOCATION 's3://engine/elsewhere/'");
    await rows("INSERT INTO parts VALUES (4, 'z')");
    assert.deepEqual(await rows("SELECT a, p FROM parts WHERE p <> 'y' ORDER BY a"), [
      ['1', 'x'],
      ['3', 'x'],
      ['4', 'z'],
    ]);
    assert.match((await rows(`SELECT "$path" FROM parts WHERE p = 'z'`))[0]![0]!, /^s3:\/\/engine\/elsewhere\//);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'engine', Prefix: 'elsewhere/' }));
    assert.equal(Contents.length, 1);
  });

  test('UNLOAD leaves files and no table', async () => {
    const id = await begin(
      `UNLOAD (SELECT 1, 'a' UNION ALL SELECT 2, NULL) TO 's3://engine/unloaded/'
       WITH (format = 'TEXTFILE', field_delimiter = ',', compression = 'none')`,
    );
    const { Statistics, Status } = await ended(id);
    assert.equal(Status!.State, 'SUCCEEDED', Status!.StateChangeReason);
    const files = (await object(Statistics!.DataManifestLocation!)).trim().split('\n');
    const text = (await Promise.all(files.map(object))).join('');
    assert.deepEqual(text.trim().split('\n').toSorted(), ['1,a', '2,\\N']);
    assert.ok(!JSON.stringify(await rows('SHOW TABLES')).includes('unload'));
  });

  test('a view, which DESCRIBE and other views see with the types that Trino gives', async () => {
    await rows('CREATE VIEW base AS SELECT TIMESTAMP \'2024-01-01 00:00:00.123456\' AS t, "$path" AS p FROM typed');
    await rows('CREATE OR REPLACE VIEW upper AS SELECT t, length(p) > 0 AS known FROM base');
    assert.deepEqual(await rows('SELECT * FROM upper'), [['2024-01-01 00:00:00.123456', 'true']]);
    const refused = (await ask('CREATE VIEW wrong AS\nSELECT nothing FROM base')) as Extract<Answer, { error: string }>;
    assert.equal(refused.message, "COLUMN_NOT_FOUND: line 2:8: Column 'nothing' cannot be resolved");
    const unnamed = (await ask('CREATE VIEW wrong AS SELECT 1')) as Extract<Answer, { error: string }>;
    assert.equal(unnamed.error, 'MISSING_COLUMN_NAME');
  });

  test('prepared statements and execution parameters', async () => {
    const QueryStatement = "SELECT ? || 'it''s' AS a";
    await athena.send(new CreatePreparedStatementCommand({ StatementName: 'p', WorkGroup: 'primary', QueryStatement }));
    assert.deepEqual(await rows("EXECUTE p USING 'x'"), [["xit's"]]);
    const { ResultConfiguration } = await ended(await begin('SELECT ? + 1 AS a', { ExecutionParameters: ['41'] }));
    assert.equal(await object(ResultConfiguration!.OutputLocation!), '"a"\n"42"\n');
    const wrong = await ended(await begin('SELECT nothing, ?', { ExecutionParameters: ['41'] }));
    assert.match(wrong.Status!.StateChangeReason!, /^COLUMN_NOT_FOUND: line 1:8: /);
  });

  const refusals: Readonly<Record<string, string>> = {
    'SELECT * FROM nothing': 'TABLE_NOT_FOUND',
    "SELECT DATE '2024-01-01' = '2024-01-01'": 'TYPE_MISMATCH',
    'SELECT 1 / 0': 'DIVISION_BY_ZERO',
    'CREATE TABLE typed AS SELECT 1 AS a': 'TABLE_ALREADY_EXISTS',
    "CREATE TABLE other WITH (external_location = 's3://engine/typed/') AS SELECT 1 AS a": 'HIVE_PATH_ALREADY_EXISTS',
    'CREATE TABLE other AS SELECT now() AS a': 'NOT_SUPPORTED',
  };
  for (const [sql, error] of Object.entries(refusals))
    test(`${error}: ${sql}`, async () => {
      const answer = await ask(sql);
      assert.equal('error' in answer && answer.error, error, JSON.stringify(answer));
    });

  test('a query that is stopped ends in Trino too', async () => {
    const id = await begin(
      'SELECT count(*) FROM tpch.sf1000.lineitem a, tpch.sf1000.lineitem b WHERE a.l_comment < b.l_comment',
    );
    const running = async () =>
      (await trinoQueries()).filter(({ state, query }) => state === 'RUNNING' && query.includes('sf1000'));
    for (let turn = 0; turn < 100 && (await running()).length === 0; turn += 1) await wait(100);
    assert.equal((await running()).length, 1);
    await athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
    assert.equal((await ended(id)).Status!.State, 'CANCELLED');
    for (let turn = 0; turn < 50 && (await running()).length > 0; turn += 1) await wait(100);
    assert.equal((await running()).length, 0);
  });
});

async function trinoQueries(): Promise<readonly { readonly state: string; readonly query: string }[]> {
  const response = await fetch(`${trino.url}/v1/query`, { headers: { 'X-Trino-User': 'weir' } });
  return (await response.json()) as { state: string; query: string }[];
}

/** Refused before Trino sees it, by the lake's own grammar and another name: SYNTAX_ERROR for COLUMN_NOT_FOUND. */
const GRAMMAR = new Set(['ny-0057']);

test('the recorded answers, asked through the lake', async (context) => {
  await makeRecordedTables(s3, ask);
  const { agree, differ } = await judgeRecorded(athenaAsk(athena, 'oracle', OUTPUT), GRAMMAR);
  assert.equal(differ.join('\n'), '');
  context.diagnostic(`${agree} of ${agree + differ.length} agree`);
});

describe('the supermarket lake, applied, loaded and read by the verbs', () => {
  let readings: readonly Reading[];
  let byTrino: readonly Answer[];
  before(async () => {
    readings = await fillSupermarket(lake);
    byTrino = await answers(readings, lake);
  });

  test('what Trino wrote, DuckDB reads alike', async (context) => {
    await lake.pause();
    lake = await startLake([], lake.dir);
    assert.equal(differences(readings, byTrino, await answers(readings, lake)), '');
    context.diagnostic(
      `${readings.length} read alike, ${byTrino.reduce((sum, each) => sum + done(each).length, 0)} rows`,
    );
  });

  test('what DuckDB writes by the same verbs is the same', async () => {
    const other = await startLake();
    await new S3Client({ ...settings(other), forcePathStyle: true }).send(
      new CreateBucketCommand({ Bucket: 'engine' }),
    );
    try {
      assert.equal(differences(await fillSupermarket(other), byTrino, await answers(readings, other)), '');
    } finally {
      await other.stop();
    }
  });
});

function differences(readings: readonly Reading[], trino: readonly Answer[], duckDb: readonly Answer[]): string {
  const found = readings.flatMap(({ name }, index) => {
    const rows = done(trino[index]!).length;
    const apart = rows === 0 ? 'no rows' : difference(trino[index]!, duckDb[index]!);
    return apart === undefined ? [] : [`${name}: ${apart}`];
  });
  return found.join('\n');
}

async function answers(readings: readonly Reading[], { url }: RunningLake): Promise<readonly Answer[]> {
  const client = new AthenaClient(settings({ url }));
  const asking = athenaAsk(client, 'supermarket_serving_zone', OUTPUT);
  const found: Answer[] = [];
  for (const { sql } of readings) found.push(await asking(sql));
  client.destroy();
  return found;
}
