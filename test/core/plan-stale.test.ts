import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readActual } from '../../scripts/commands/actual.ts';
import { definitionHash } from '../../scripts/core/load/definition-hash.ts';
import { makePlan, type Plan } from '../../scripts/core/plan/plan.ts';
import { readSnapshotFiles, snapshotFiles } from '../../scripts/core/plan/snapshot.ts';
import { definitionsOf, type Snippet } from './diff-case.ts';
import { openTestLake, type Scope, type TestLake, TODAY } from './plan-lake.ts';
import { appliedIn } from './plan-snippets.ts';

// What a plan says of partitions that another definition loaded.

let lake: TestLake;
before(async () => {
  lake = await openTestLake();
});
after(() => lake.close());

const applied = (name: string, snippet: Snippet): Promise<Scope> => appliedIn(lake, name, snippet);

describe('stale loads', () => {
  const LOADED: Snippet = {
    tables: {
      s: { columns: [{ name: 'a', type: 'int' }] },
      t: {
        load: { mode: 'partitions' },
        sql: "SELECT a, '2024' AS year, '01' AS month FROM d.s",
        columns: [{ name: 'a', type: 'int' }],
        partitions: [
          { name: 'year', type: 'string', date: 'yyyy' },
          { name: 'month', type: 'string', date: 'MM' },
        ],
      },
    },
  };

  async function loaded(name: string): Promise<Scope> {
    const scope = await applied(name, LOADED);
    const database = `${scope.environment.prefix}d`;
    const { storage } = (await scope.glue.getTable(database, 't'))!;
    const now = definitionHash(definitionsOf(LOADED).tables.find((table) => table.name === 't')!);
    const entry = (month: string, definition: string) => ({
      values: ['2024', month],
      storage,
      parameters: {
        'weir.load.definition': definition,
        'weir.load.sources': JSON.stringify([{ key: 's3://b/k', etag: 'e', size: 3_000_000_000 }]),
      },
    });
    const entries = [entry('02', 'old'), entry('03', 'older'), entry('04', now)];
    assert.deepEqual(await scope.glue.createPartitions(database, 't', entries), []);
    return scope;
  }

  test('partitions of another definition are counted, with the backfill and its cost', async () => {
    const scope = await loaded('stale_load');
    const plan = await scope.plan(definitionsOf(LOADED));
    assert.deepEqual(plan.objects, []);
    assert.deepEqual(plan.stale, [
      {
        table: 'd.t',
        partitions: { stale: 2, of: 3 },
        from: '2024-02-01',
        to: '2024-03-31',
        sourceBytes: 6_000_000_000,
        upstream: [],
        queries: 1,
        usd: 0.03,
        command: 'npm run load -- --env local --table d.t --from 2024-02-01 --to 2024-03-31',
      },
    ]);
  });

  test('what is held after a rollback is no stale load', async () => {
    const scope = await loaded('stale_held');
    const database = `${scope.environment.prefix}d`;
    const { storage } = (await scope.glue.getTable(database, 't'))!;
    const parameters = { 'weir.load.definition': 'oldest', 'weir.load.held': 'rolled back from x' };
    const entries = [{ values: ['2024', '01'], storage, parameters }];
    assert.deepEqual(await scope.glue.createPartitions(database, 't', entries), []);
    const [stale] = (await scope.plan(definitionsOf(LOADED))).stale;
    assert.deepEqual([stale?.partitions, stale?.from], [{ stale: 2, of: 4 }, '2024-02-01']);
  });

  test('a snapshot plans as the live catalog does, without one', async () => {
    const scope = await loaded('snapshot');
    const wanted = definitionsOf({
      ...LOADED,
      tables: { ...LOADED.tables, u: { columns: [{ name: 'x', type: 'date' }] } },
    });
    const live: Plan = await scope.plan(wanted);
    const files = snapshotFiles(await readActual(scope.glue, wanted, scope.environment), 'local');
    const { lake: actual } = readSnapshotFiles(files)!;
    const plan = makePlan({
      definitions: wanted,
      environment: scope.environment,
      actual,
      today: TODAY,
      against: 'snapshot',
    });
    assert.deepEqual({ ...plan, against: 'live' }, live);
    assert.deepEqual(snapshotFiles(actual, 'local'), files, 'read and written again it is the same');
    assert.ok(
      files.every((file) => !file.text.includes('s3://b/k')),
      'sources are summed up, not listed',
    );
  });
});
