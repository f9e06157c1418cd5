import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createAthenaService } from '../../src/athena/service.ts';
import { createCatalog } from '../../src/catalog/store.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { ACCOUNT } from '../glue/serve-json.ts';
import { type ScriptedEngine, scriptedEngine } from './scripted-engine.ts';

const dir = mkdtempSync(join(tmpdir(), 'weir-runner-'));
after(() => rmSync(dir, { recursive: true, force: true }));

const CONTEXT = { account: ACCOUNT, region: 'us-east-1', requestId: 'r' };

async function service(name: string, options: { readonly timeoutMs?: number } = {}) {
  const store = openFileStore(join(dir, name));
  await store.createBucket('results');
  const catalog = await createCatalog(join(dir, name, 'catalog'), { account: ACCOUNT });
  const engine: ScriptedEngine = scriptedEngine();
  const athena = await createAthenaService({ dir: join(dir, name, 'athena'), catalog, store, engine, ...options });
  const call = (operation: string, input: object) => athena.operations[operation]!(input, CONTEXT) as Promise<never>;
  const start = async (sql: string, more: object = {}) => {
    const input = { QueryString: sql, ResultConfiguration: { OutputLocation: 's3://results' }, ...more };
    return ((await call('StartQueryExecution', input)) as { QueryExecutionId: string }).QueryExecutionId;
  };
  const status = async (id: string) => {
    const { QueryExecution } = (await call('GetQueryExecution', { QueryExecutionId: id })) as {
      QueryExecution: { Status: { State: string; StateChangeReason?: string } };
    };
    return QueryExecution.Status;
  };
  return { athena, engine, call, start, status };
}

describe('the runner of queries', () => {
  it('ends a query at its time limit', async () => {
    const { athena, start, status } = await service('timeout', { timeoutMs: 30 });
    const id = await start('hold x');
    while ((await status(id)).State !== 'FAILED');
    assert.equal((await status(id)).StateChangeReason, 'Query timeout');
    await athena.close();
  });

  it('tells clients to come again when a thousand queries wait', async () => {
    const { athena, engine, start, status } = await service('many');
    const ids: string[] = [];
    for (let i = 0; i < 1000; i++) ids.push(await start(`hold ${i}`));
    await assert.rejects(start('SELECT 1'), {
      code: 'TooManyRequestsException',
      fields: { Reason: 'CONCURRENT_QUERY_LIMIT_EXCEEDED' },
    });
    engine.release();
    const ended = async (id: string): Promise<string> => {
      const { State } = await status(id);
      return State === 'QUEUED' || State === 'RUNNING' ? ended(id) : State;
    };
    assert.deepEqual(new Set(await Promise.all(ids.map(ended))), new Set(['SUCCEEDED']));
    assert.equal(await ended(await start('SELECT 1')), 'SUCCEEDED');
    await athena.close();
  });

  it('hands the engine parameters and the workgroup’s prepared statements', async () => {
    const { athena, call, start, status } = await service('prepared');
    await call('CreatePreparedStatement', { StatementName: 'mine', WorkGroup: 'primary', QueryStatement: 'SELECT ?' });
    const id = await start('EXECUTE mine', { ExecutionParameters: ["'a'", '2'] });
    while ((await status(id)).State !== 'SUCCEEDED');
    const page = (await call('GetQueryResults', { QueryExecutionId: id })) as unknown as {
      ResultSet: { Rows: { Data: { VarCharValue: string }[] }[] };
    };
    assert.deepEqual(
      page.ResultSet.Rows[1]?.Data.map((datum) => datum.VarCharValue),
      ['SELECT ?', "'a' 2"],
    );
    await athena.close();
  });

  it('takes the quotes off a database, as Athena does', async () => {
    const { athena, engine, start, status } = await service('quoted');
    for (const Database of ['`Shop`', '"shop"', 'SHOP']) {
      const id = await start('SELECT 1', { QueryExecutionContext: { Database } });
      while ((await status(id)).State !== 'SUCCEEDED');
      assert.equal(engine.requests.at(-1)?.database, 'shop', Database);
    }
    await athena.close();
  });

  it('ends all at close: what waits and what runs', async () => {
    const { athena, call, start } = await service('closing');
    const ids = await Promise.all(Array.from({ length: 7 }, (_, index) => start(`hold ${index}`)));
    await Promise.race([
      athena.close(),
      new Promise((_, reject) => setTimeout(reject, 2000, new Error('close hangs')).unref()),
    ]);
    await assert.rejects(call('GetQueryExecution', { QueryExecutionId: ids[0]! }));
  });
});
