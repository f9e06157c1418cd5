import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  AthenaClient,
  BatchGetQueryExecutionCommand,
  CreateWorkGroupCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type GetQueryResultsCommandOutput,
  GetQueryRuntimeStatisticsCommand,
  ListQueryExecutionsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  type StartQueryExecutionCommandInput,
  StopQueryExecutionCommand,
  UpdateWorkGroupCommand,
} from '@aws-sdk/client-athena';
import { createAthenaService } from '../../src/athena/service.ts';
import { createCatalog } from '../../src/catalog/store.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { ACCOUNT, CLIENT, serveJson } from '../glue/serve-json.ts';
import { type ScriptedEngine, scriptedEngine } from './scripted-engine.ts';

const dir = mkdtempSync(join(tmpdir(), 'weir-athena-'));
const store = openFileStore(dir);
let engine: ScriptedEngine;
let client: AthenaClient;
let stop: () => Promise<void>;

async function open(): Promise<void> {
  const catalog = await createCatalog(join(dir, 'catalog'), { account: ACCOUNT });
  engine = scriptedEngine();
  const service = await createAthenaService({ dir: join(dir, 'athena'), catalog, store, engine, concurrency: 2 });
  const server = await serveJson(service);
  client = new AthenaClient({ ...CLIENT, endpoint: server.url });
  stop = async () => {
    client.destroy();
    await service.close();
    await server.stop();
    await catalog.close();
  };
}

before(async () => {
  await store.createBucket('results');
  await open();
});

after(async () => {
  await stop();
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

const OUTPUT = { ResultConfiguration: { OutputLocation: 's3://results/q/' } };

async function start(sql: string, more: Partial<StartQueryExecutionCommandInput> = {}): Promise<string> {
  const answer = await client.send(new StartQueryExecutionCommand({ QueryString: sql, ...OUTPUT, ...more }));
  return answer.QueryExecutionId!;
}

async function get(id: string): Promise<QueryExecution> {
  return (await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }))).QueryExecution!;
}

async function ended(id: string): Promise<QueryExecution> {
  for (;;) {
    const execution = await get(id);
    if (!['QUEUED', 'RUNNING'].includes(execution.Status?.State ?? '')) return execution;
  }
}

const run = async (sql: string, more: Partial<StartQueryExecutionCommandInput> = {}) => ended(await start(sql, more));

function results(
  id: string,
  more: { MaxResults?: number; NextToken?: string } = {},
): Promise<GetQueryResultsCommandOutput> {
  return client.send(new GetQueryResultsCommand({ QueryExecutionId: id, ...more }));
}

const cells = (page: GetQueryResultsCommandOutput) =>
  page.ResultSet?.Rows?.map((row) => row.Data?.map((datum) => datum.VarCharValue ?? null));

function object(uri: string | undefined): string {
  const [, key] = /^s3:\/\/results\/(.*)$/.exec(uri ?? '') ?? [];
  const found = store.head('results', key ?? '');
  assert.ok(found, `no object ${uri}`);
  return readFileSync(found.path, 'utf8');
}

const refusal = (message: RegExp, code = 'INVALID_INPUT') => ({
  name: 'InvalidRequestException',
  AthenaErrorCode: code,
  message,
});

const CSV = '"text","n","d"\n"it ""is"", so\nthen","1","1.50"\n"",,\n,"-3","0.00"\n';

describe('a SELECT', () => {
  it('leaves CSV as Athena writes it, and its rows come back with NULL and empty told apart', async () => {
    const execution = await run('SELECT 1', { QueryExecutionContext: { Database: 'Shop', Catalog: 'AwsDataCatalog' } });
    const id = execution.QueryExecutionId!;
    assert.equal(execution.Status?.State, 'SUCCEEDED');
    assert.equal(execution.ResultConfiguration?.OutputLocation, `s3://results/q/${id}.csv`);
    assert.equal(object(execution.ResultConfiguration?.OutputLocation), CSV);
    const page = await results(id);
    assert.deepEqual(cells(page), [
      ['text', 'n', 'd'],
      ['it "is", so\nthen', '1', '1.50'],
      ['', null, null],
      [null, '-3', '0.00'],
    ]);
    const info = page.ResultSet?.ResultSetMetadata?.ColumnInfo;
    assert.deepEqual(info?.[0], {
      CatalogName: 'hive',
      SchemaName: '',
      TableName: '',
      Name: 'text',
      Label: 'text',
      Type: 'varchar',
      Precision: 2147483647,
      Scale: 0,
      Nullable: 'UNKNOWN',
      CaseSensitive: true,
    });
    assert.deepEqual([info?.[2]?.Type, info?.[2]?.Precision, info?.[2]?.Scale], ['decimal', 10, 2]);
    assert.match(object(`s3://results/q/${id}.csv.metadata`), /hive.*text.*varchar.*bigint.*decimal/s);
  });

  it('tells what it was and what it cost', async () => {
    const execution = await run('SELECT 1', { QueryExecutionContext: { Database: 'Shop', Catalog: 'AwsDataCatalog' } });
    assert.equal(execution.Query, 'SELECT 1');
    assert.deepEqual([execution.StatementType, execution.SubstatementType], ['DML', 'SELECT']);
    assert.deepEqual(execution.QueryExecutionContext, { Database: 'shop', Catalog: 'awsdatacatalog' });
    assert.deepEqual(execution.EngineVersion, {
      SelectedEngineVersion: 'AUTO',
      EffectiveEngineVersion: 'Athena engine version 3',
    });
    assert.equal(execution.Statistics?.DataScannedInBytes, 123);
    assert.equal(execution.Statistics?.QueryPlanningTimeInMillis, 4);
    const { EngineExecutionTimeInMillis: engineTime, TotalExecutionTimeInMillis: total } = execution.Statistics!;
    assert.ok(engineTime! >= 0 && total! >= engineTime!);
    assert.ok(execution.Status!.CompletionDateTime! >= execution.Status!.SubmissionDateTime!);
    const id = execution.QueryExecutionId!;
    const runtime = await client.send(new GetQueryRuntimeStatisticsCommand({ QueryExecutionId: id }));
    assert.deepEqual(runtime.QueryRuntimeStatistics?.Rows, { InputBytes: 123, OutputBytes: CSV.length, OutputRows: 3 });
  });

  it('is paged, header row first, over a result larger than memory holds at once', async () => {
    const execution = await run('rows 300000');
    const id = execution.QueryExecutionId!;
    const seen: (string | null)[] = [];
    let page = await results(id, { MaxResults: 2 });
    assert.deepEqual(cells(page), [['n'], ['0']]);
    let pages = 0;
    while (page.NextToken && pages++ < 40) {
      page = await results(id, { NextToken: page.NextToken });
      seen.push(...cells(page)!.map((row) => row![0]!));
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 40_000 }, (_, index) => String(index + 1)),
    );
    const nearEnd = store.head('results', `q/${id}.csv`)!.size - 3 * '"299999"\n'.length;
    const last = await results(id, { NextToken: Buffer.from(`bytes:${nearEnd}`).toString('base64'), MaxResults: 3 });
    assert.deepEqual(cells(last), [['299997'], ['299998'], ['299999']]);
    assert.equal(last.NextToken, undefined);
    await assert.rejects(
      results(id, { MaxResults: 1001 }),
      refusal(/MaxResults is more than maximum allowed length 1000/),
    );
    await assert.rejects(results(id, { NextToken: 'x' }), refusal(/Invalid NextToken/));
  });

  it('reads its result from S3: without the object there is none', async () => {
    const { QueryExecutionId: id } = await run('SELECT 1');
    await store.delete('results', `q/${id}.csv`);
    await assert.rejects(results(id!), refusal(/Could not find results/, 'INVALID_QUERY_EXECUTION_ID'));
  });
});

describe('other statements', () => {
  it('SHOW leaves lines of text and no header row', async () => {
    const execution = await run('SHOW TABLES');
    assert.equal(object(`s3://results/q/${execution.QueryExecutionId}.txt`), 'a\nb\nc\n');
    const page = await results(execution.QueryExecutionId!, { MaxResults: 2 });
    assert.deepEqual(cells(page), [['a'], ['b']]);
    const rest = await results(execution.QueryExecutionId!, { NextToken: page.NextToken! });
    assert.deepEqual([cells(rest), rest.NextToken], [[['c']], undefined]);
  });

  it('DDL leaves an empty text', async () => {
    const execution = await run('CREATE TABLE t');
    assert.equal(object(execution.ResultConfiguration?.OutputLocation), '');
    assert.deepEqual(cells(await results(execution.QueryExecutionId!)), []);
  });

  it('CTAS and INSERT leave a manifest and count their rows', async () => {
    const cases = [
      ['CREATE TABLE t AS SELECT 1', 'q/tables/'],
      ['INSERT INTO t', 'q/'],
    ] as const;
    for (const [sql, folder] of cases) {
      const execution = await run(sql);
      const id = execution.QueryExecutionId!;
      assert.equal(execution.ResultConfiguration?.OutputLocation, `s3://results/${folder}${id}`);
      assert.equal(execution.Statistics?.DataManifestLocation, `s3://results/${folder}${id}-manifest.csv`);
      assert.equal(
        object(execution.Statistics?.DataManifestLocation),
        's3://results/q/tables/x/part-1\ns3://results/q/tables/x/part-2\n',
      );
      const page = await results(id);
      assert.deepEqual([page.UpdateCount, cells(page)], [42, []]);
    }
  });
});

describe('failures', () => {
  it('end as FAILED with CODE: message, and have no rows', async () => {
    const execution = await run('fail TYPE_MISMATCH line 1:8: no such thing');
    assert.equal(execution.Status?.State, 'FAILED');
    assert.equal(execution.Status?.StateChangeReason, 'TYPE_MISMATCH: line 1:8: no such thing');
    assert.deepEqual(
      [execution.Status?.AthenaError?.ErrorCategory, execution.Status?.AthenaError?.ErrorMessage],
      [2, 'TYPE_MISMATCH: line 1:8: no such thing'],
    );
    assert.equal(execution.Statistics?.DataScannedInBytes, 77);
    await assert.rejects(
      results(execution.QueryExecutionId!),
      refusal(/Query did not finish successfully. Final query state: FAILED/, 'INVALID_QUERY_STATUS'),
    );
  });

  it('of Hive DDL have no code of their own; a fault of the engine is the system’s', async () => {
    const hive = await run('fail - FAILED: SemanticException nope');
    assert.equal(hive.Status?.StateChangeReason, 'FAILED: SemanticException nope');
    const bug = await run('fail BUG x is undefined');
    assert.equal(bug.Status?.StateChangeReason, 'GENERIC_INTERNAL_ERROR: x is undefined');
    assert.equal(bug.Status?.AthenaError?.ErrorCategory, 1);
  });

  it('while rows are written leave no result and no file behind', async () => {
    const execution = await run('rows 400000 thenfail');
    assert.equal(execution.Status?.StateChangeReason, 'HIVE_BAD_DATA: a bad row at the end');
    assert.equal(store.head('results', `q/${execution.QueryExecutionId}.csv`), undefined);
    assert.deepEqual(readdirSync(join(dir, 'tmp')), []);
  });

  it('of syntax are refused before there is a query', async () => {
    const before = engine.requests.length;
    await assert.rejects(start('SELEC 1'), refusal(/^line 1:1: mismatched input 'SELEC'/, 'MALFORMED_QUERY'));
    assert.equal(engine.requests.length, before);
  });
});

describe('requests that Athena refuses', () => {
  const text = (bytes: number) => `SELECT ${'é'.repeat((bytes - 8) / 2)} `;
  const cases: [string, Partial<StartQueryExecutionCommandInput>, RegExp][] = [
    ['no location', { ResultConfiguration: {} }, /^No output location provided/],
    ['no S3 path', { ResultConfiguration: { OutputLocation: 'http://results/' } }, /not a valid S3 path/],
    ['a NUL', { ResultConfiguration: { OutputLocation: 's3://results/\0/' } }, /not a valid S3 path/],
    [
      'a prefix that leaves no room for a name',
      { ResultConfiguration: { OutputLocation: `s3://results/${'é'.repeat(500)}/` } },
      /not a valid S3 path/,
    ],
    [
      'no bucket',
      { ResultConfiguration: { OutputLocation: 's3://nowhere/x/' } },
      /Unable to verify\/create output bucket/,
    ],
    ['an unknown workgroup', { WorkGroup: 'none' }, /WorkGroup none is not found/],
    ['an unknown catalog', { QueryExecutionContext: { Catalog: 'other' } }, /DataCatalog other was not found/],
    ['a token of 31 characters', { ClientRequestToken: 'x'.repeat(31) }, /greater than or equal to 32/],
    ['a token of 129 characters', { ClientRequestToken: 'x'.repeat(129) }, /less than or equal to 128/],
    ['a query of 262,146 bytes', { QueryString: text(262_146) }, /less than or equal to 262144/],
    ['an empty query', { QueryString: '' }, /greater than or equal to 1/],
  ];
  for (const [name, input, message] of cases) {
    it(name, () => assert.rejects(start('SELECT 1', input), refusal(message)));
  }

  it('and a query of just 262,144 bytes runs', async () => {
    assert.equal((await run(text(262_144))).Status?.State, 'SUCCEEDED');
  });

  it('an unknown query', async () => {
    await assert.rejects(get('00000000-0000'), refusal(/QueryExecution 00000000-0000 was not found/));
    const batch = await client.send(new BatchGetQueryExecutionCommand({ QueryExecutionIds: ['nope'] }));
    assert.equal(batch.UnprocessedQueryExecutionIds?.[0]?.ErrorCode, 'INVALID_QUERY_EXECUTION_ID');
  });
});

describe('a ClientRequestToken', () => {
  const token = (name: string) => ({ ClientRequestToken: name.padEnd(32, '-') });

  it('gives the same query again, also when it failed', async () => {
    const first = await start('fail X y', token('a'));
    await ended(first);
    assert.equal(await start('fail X y', token('a')), first);
    const many = await Promise.all(Array.from({ length: 5 }, () => start('SELECT 1', token('b'))));
    assert.equal(new Set(many).size, 1);
  });

  it('with other parameters is refused', async () => {
    await start('SELECT 1', token('c'));
    const others: [string, Partial<StartQueryExecutionCommandInput>][] = [
      ['SELECT 2', {}],
      ['SELECT 1', { QueryExecutionContext: { Database: 'x' } }],
      ['SELECT 1', { ResultConfiguration: { OutputLocation: 's3://results/other/' } }],
      ['SELECT 1', { ExecutionParameters: ['1'] }],
    ];
    for (const [sql, more] of others) {
      await assert.rejects(start(sql, { ...more, ...token('c') }), refusal(/Idempotent parameters do not match/));
    }
  });
});

describe('workgroups decide', () => {
  it('where results go, when they enforce it', async () => {
    await client.send(
      new CreateWorkGroupCommand({
        Name: 'strict',
        Configuration: {
          ResultConfiguration: { OutputLocation: 's3://results/strict' },
          EnforceWorkGroupConfiguration: true,
        },
      }),
    );
    const forced = await run('SELECT 1', { WorkGroup: 'strict' });
    assert.equal(forced.ResultConfiguration?.OutputLocation, `s3://results/strict/${forced.QueryExecutionId}.csv`);
    assert.equal(engine.requests.at(-1)?.workgroup.enforcedLocation, true);
    assert.equal(engine.requests.at(-1)?.outputLocation, 's3://results/strict/');

    const updates = { EnforceWorkGroupConfiguration: false };
    await client.send(new UpdateWorkGroupCommand({ WorkGroup: 'strict', ConfigurationUpdates: updates }));
    const free = await run('SELECT 1', { WorkGroup: 'strict' });
    assert.match(free.ResultConfiguration?.OutputLocation ?? '', /^s3:\/\/results\/q\//);
    const default_ = await run('SELECT 1', { WorkGroup: 'strict', ResultConfiguration: {} });
    assert.match(default_.ResultConfiguration?.OutputLocation ?? '', /^s3:\/\/results\/strict\//);
    assert.equal(engine.requests.at(-1)?.workgroup.enforcedLocation, false);
  });

  it('how much a query may scan', async () => {
    const Configuration = { BytesScannedCutoffPerQuery: 10_000_000, EnforceWorkGroupConfiguration: false };
    await client.send(new CreateWorkGroupCommand({ Name: 'capped', Configuration }));
    const over = await run('scan 10000001', { WorkGroup: 'capped' });
    assert.deepEqual(
      [over.Status?.State, over.Status?.StateChangeReason, over.Statistics?.DataScannedInBytes],
      ['CANCELLED', 'Query cancelled! : Bytes scanned limit was exceeded', 10_000_001],
    );
    assert.equal((await run('scan 10000000', { WorkGroup: 'capped' })).Status?.State, 'SUCCEEDED');
  });

  it('whether queries run at all', async () => {
    await client.send(new CreateWorkGroupCommand({ Name: 'off' }));
    await client.send(new UpdateWorkGroupCommand({ WorkGroup: 'off', State: 'DISABLED' }));
    await assert.rejects(start('SELECT 1', { WorkGroup: 'off' }), refusal(/disabled/));
  });
});

describe('queries at work', () => {
  it('run two at once here, the third waits; stopping ends those that wait and those that run', async () => {
    const ids = [await start('hold 1'), await start('hold 2'), await start('hold 3')];
    const states = async () => Promise.all(ids.map(async (id) => (await get(id)).Status?.State));
    assert.deepEqual(await states(), ['RUNNING', 'RUNNING', 'QUEUED']);
    assert.equal(
      (await run('SHOW TABLES')).Status?.State,
      'SUCCEEDED',
      'statements on the catalog do not wait for them',
    );
    await assert.rejects(
      results(ids[0]!),
      refusal(/Query has not yet finished. Current state: RUNNING/, 'INVALID_QUERY_STATUS'),
    );
    for (const id of [ids[2]!, ids[0]!]) await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
    assert.deepEqual(await states(), ['CANCELLED', 'RUNNING', 'CANCELLED']);
    assert.equal((await get(ids[0]!)).Status?.StateChangeReason, 'Query cancelled by user');
    engine.release();
    assert.equal((await ended(ids[1]!)).Status?.State, 'SUCCEEDED');
    await client.send(new StopQueryExecutionCommand({ QueryExecutionId: ids[1]! }));
    assert.equal((await get(ids[1]!)).Status?.State, 'SUCCEEDED', 'stopping what has ended changes nothing');
  });

  it('cost little to start, poll and read', async () => {
    await run('SELECT 1');
    const times: number[] = [];
    for (let round = 0; round < 20; round++) {
      const begun = process.cpuUsage();
      const { QueryExecutionId } = await run('SELECT 1');
      await results(QueryExecutionId!);
      const { user, system } = process.cpuUsage(begun);
      times.push((user + system) / 1_000);
    }
    // The processor's time, and the best quarter: what the lake costs, not what else the machine does.
    const each = times.sort((a, b) => a - b)[5]!;
    assert.ok(each < 25, `${each} ms a query`);
  });
});

describe('the history', () => {
  it('lists a workgroup’s queries newest first, in pages', async () => {
    await client.send(
      new CreateWorkGroupCommand({ Name: 'listed', Configuration: { EnforceWorkGroupConfiguration: false } }),
    );
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift(await start(`SELECT ${i}`, { WorkGroup: 'listed' }));
    const first = await client.send(new ListQueryExecutionsCommand({ WorkGroup: 'listed', MaxResults: 3 }));
    assert.deepEqual(first.QueryExecutionIds, ids.slice(0, 3));
    const rest = await client.send(
      new ListQueryExecutionsCommand({ WorkGroup: 'listed', NextToken: first.NextToken! }),
    );
    assert.deepEqual([rest.QueryExecutionIds, rest.NextToken], [ids.slice(3), undefined]);
  });

  it('survives a restart with results and tokens; what was at work ends as FAILED with the reason', async () => {
    const token = { ClientRequestToken: 'kept'.padEnd(40, '.') };
    const id = await start('SELECT 1', token);
    const before = await ended(id);
    await stop();
    await open();
    const held = await start('hold on');
    await stop();
    await open();
    assert.deepEqual(await get(id), before);
    assert.equal(cells(await results(id))?.length, 4);
    assert.equal(await start('SELECT 1', token), id);
    const interrupted = await get(held);
    assert.equal(interrupted.Status?.State, 'FAILED');
    assert.match(interrupted.Status?.StateChangeReason ?? '', /the local lake was stopped while the query was at work/);
  });
});
