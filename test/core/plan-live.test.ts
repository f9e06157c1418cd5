import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readActual } from '../../scripts/commands/actual.ts';
import { definitionHash } from '../../scripts/core/load/definition-hash.ts';
import type { GluePort } from '../../scripts/core/model/ports.ts';
import { makePlan, type Plan } from '../../scripts/core/plan/plan.ts';
import { readSnapshotFiles, snapshotFiles } from '../../scripts/core/plan/snapshot.ts';
import { definitionsOf, type Snippet } from './diff-case.ts';
import { openTestLake, refusals, type Scope, standings, type TestLake, TODAY } from './plan-lake.ts';

// What a plan says of a catalog that others change too, and what apply then does and refuses.

const ONE: Snippet = { tables: { t: { columns: [{ name: 'a', type: 'int' }] } } };
const TWO: Snippet = {
  tables: {
    t: {
      columns: [
        { name: 'a', type: 'int' },
        { name: 'b', type: 'string' },
      ],
    },
  },
};
const VIEW: Snippet = {
  ...ONE,
  views: { v: { sql: 'SELECT a + 1 AS n FROM d.t', columns: [{ name: 'n', type: 'integer', description: 'Next' }] } },
};

let lake: TestLake;
before(async () => {
  lake = await openTestLake();
});
after(() => lake.close());

async function applied(name: string, snippet: Snippet): Promise<Scope> {
  const scope = lake.within(name);
  assert.ok((await scope.apply(definitionsOf(snippet))).ok);
  return scope;
}

async function setParameters(
  scope: Scope,
  table: string,
  set: Record<string, string>,
  gone: string[] = [],
): Promise<void> {
  const found = (await scope.glue.getTable(`${scope.environment.prefix}d`, table))!;
  const parameters: Record<string, string> = { ...found.parameters, ...set };
  for (const key of gone) delete parameters[key];
  await scope.glue.updateTable({ ...found, parameters }, { versionId: found.versionId, skipArchive: true });
}

describe('drift', { concurrency: 8 }, () => {
  test('a column that somebody added is drift: refused, then overwritten with a permission', async () => {
    const scope = await applied('drift_column', ONE);
    await scope.sql(`ALTER TABLE ${scope.environment.prefix}d.t ADD COLUMNS (x string)`);
    const plan = await scope.plan(definitionsOf(ONE));
    assert.deepEqual(standings(plan), { 'd.t': 'drift' });
    assert.equal(plan.steps.length, 0);
    assert.match(refusals(plan)['d.t']!.join(), /drifted/);
    const result = await scope.apply(definitionsOf(ONE));
    assert.equal(result.ok, false);
    assert.equal(result.refused.length, 1);
    const allowed = definitionsOf(ONE, { 'd.t': ['overwrite_drift', 'drop_column'] });
    assert.ok((await scope.apply(allowed)).ok);
    assert.deepEqual((await scope.plan(definitionsOf(ONE))).objects, []);
  });

  test('drift that the definition follows is none', async () => {
    const scope = await applied('drift_followed', ONE);
    await scope.sql(`ALTER TABLE ${scope.environment.prefix}d.t ADD COLUMNS (b string)`);
    assert.deepEqual((await scope.plan(definitionsOf(TWO))).objects, []);
    await scope.sql(`ALTER TABLE ${scope.environment.prefix}d.t ADD COLUMNS (c string)`);
    assert.deepEqual(standings(await scope.plan(definitionsOf(TWO))), { 'd.t': 'drift' });
  });

  test('a pending change of an object in drift waits, the other objects are applied', async () => {
    const both = (table: Record<string, unknown>): Snippet => ({ tables: { t: table, u: table } });
    const columns = [{ name: 'a', type: 'int' }];
    const scope = await applied('drift_other', both({ columns }));
    await setParameters(scope, 't', { by: 'hand' });
    const wanted = definitionsOf(both({ columns: [...columns, { name: 'b', type: 'int' }] }));
    const result = await scope.apply(wanted);
    assert.deepEqual(
      result.outcomes.map(({ object, status }) => [object, status]),
      [
        ['d.u', 'done'],
        ['d.u', 'done'],
      ],
    );
    assert.deepEqual(
      result.refused.map(({ object, standing }) => [object, standing]),
      [['d.t', 'drift']],
    );
  });

  test('what engines and loads write is no drift', async () => {
    const scope = await applied('drift_noise', ONE);
    const noise = {
      numRows: '5',
      transient_lastDdlTime: '1',
      trino_version: '1',
      'weir.load.id': 'x',
      EXTERNAL: 'TRUE',
    };
    await setParameters(scope, 't', noise);
    const found = (await scope.glue.getTable(`${scope.environment.prefix}d`, 't'))!;
    const storage = { ...found.storage, location: `${found.storage.location}load-01x/` };
    await scope.glue.updateTable({ ...found, storage }, { versionId: found.versionId, skipArchive: true });
    assert.deepEqual((await scope.plan(definitionsOf(ONE))).objects, []);
  });

  test('a view that somebody replaced has lost its mark: foreign, and taken over with a permission', async () => {
    const scope = await applied('drift_view', VIEW);
    await scope.sql(
      `CREATE OR REPLACE VIEW ${scope.environment.prefix}d.v AS SELECT a FROM ${scope.environment.prefix}d.t`,
    );
    const plan = await scope.plan(definitionsOf(VIEW));
    assert.deepEqual(standings(plan), { 'd.v': 'foreign' });
    assert.equal(plan.steps.length, 0);
    const allowed = definitionsOf(VIEW, { 'd.v': ['take_over', 'replace_view'] });
    assert.ok((await scope.apply(allowed)).ok);
    assert.deepEqual((await scope.plan(definitionsOf(VIEW))).objects, []);
  });

  test('a view that was made anew as it was is adopted: its comments and marks come back', async () => {
    const scope = await applied('view_adopted', VIEW);
    const { prefix } = scope.environment;
    await scope.sql(`CREATE OR REPLACE VIEW ${prefix}d.v AS SELECT (a + 1) n FROM ${prefix}d.t`);
    const plan = await scope.plan(definitionsOf(VIEW));
    assert.deepEqual(standings(plan), { 'd.v': 'adopt' });
    assert.deepEqual(
      plan.steps.map((step) => step.kind),
      ['glue'],
    );
    assert.ok((await scope.apply(definitionsOf(VIEW))).ok);
    assert.deepEqual((await scope.plan(definitionsOf(VIEW))).objects, []);
  });
});

describe('what Weir did not make', { concurrency: 8 }, () => {
  async function byHand(name: string, columns: string): Promise<Scope> {
    const scope = lake.within(name);
    const { prefix, buckets } = scope.environment;
    assert.equal(await scope.sql(`CREATE DATABASE ${prefix}d`), 'succeeded');
    const table = `CREATE EXTERNAL TABLE ${prefix}d.t (${columns}) STORED AS PARQUET LOCATION 's3://${buckets.raw}/t/'`;
    assert.equal(await scope.sql(table), 'succeeded');
    return scope;
  }

  test('an equal table is adopted, whatever its descriptions; its database too', async () => {
    const scope = await byHand('adopt', "`a` int COMMENT 'other'");
    const plan = await scope.plan(definitionsOf(ONE));
    assert.deepEqual(standings(plan), { d: 'adopt', 'd.t': 'adopt' });
    assert.deepEqual(refusals(plan), {});
    assert.ok((await scope.apply(definitionsOf(ONE))).ok);
    assert.deepEqual((await scope.plan(definitionsOf(ONE))).objects, []);
  });

  test('an unequal table is foreign: refused, and taken over with a permission', async () => {
    const scope = await byHand('foreign', '`a` string');
    const plan = await scope.plan(definitionsOf(ONE));
    assert.equal(standings(plan)['d.t'], 'foreign');
    assert.match(refusals(plan)['d.t']!.join(), /foreign/);
    const allowed = definitionsOf(ONE, { 'd.t': ['take_over', 'change_column_type'] });
    assert.ok((await scope.apply(allowed)).ok);
    assert.deepEqual((await scope.plan(definitionsOf(ONE))).objects, []);
  });

  test('what no definition names is reported and never dropped', async () => {
    const scope = await byHand('reported', '`a` int');
    assert.ok((await scope.apply(definitionsOf({}))).ok);
    const plan = await scope.plan(definitionsOf({}));
    assert.deepEqual(plan.objects, []);
    assert.deepEqual(plan.foreign, [{ object: 'd.t', kind: 'table' }]);
    assert.notEqual(await scope.glue.getTable(`${scope.environment.prefix}d`, 't'), undefined);
  });

  test("another lake's databases in the same account are not this lake's leftovers", async () => {
    const scope = await applied('mine', ONE);
    const other = { ...scope.environment, buckets: { raw: 'other-raw', results: 'other-results' } };
    const actual = await readActual(scope.glue, definitionsOf(ONE), scope.environment);
    const plan = makePlan({ definitions: noDatabases(), environment: other, actual, today: TODAY, against: 'live' });
    assert.deepEqual(plan.objects, []);
    const own = makePlan({
      definitions: noDatabases(),
      environment: scope.environment,
      actual,
      today: TODAY,
      against: 'live',
    });
    assert.deepEqual(standings(own), { d: 'gone', 'd.t': 'gone' });
  });

  function noDatabases(): ReturnType<typeof definitionsOf> {
    const definitions = definitionsOf({});
    return { ...definitions, lake: { ...definitions.lake, databases: {} } };
  }
});

describe('permissions', () => {
  test('a permission counts to its last day, for its object and its kind of change', async () => {
    const scope = await applied('allow', TWO);
    const allowed = definitionsOf(ONE, { 'd.t': ['drop_column'] });
    const [entry] = allowed.allowances;
    const until = (expires: string) => ({ ...allowed, allowances: [{ ...entry!, expires }] });
    assert.deepEqual(refusals(await scope.plan(until(TODAY))), {});
    assert.match(refusals(await scope.plan(until('2025-12-31')))['d.t']!.join(), /expired on 2025-12-31/);
    const elsewhere = { ...allowed, allowances: [{ ...entry!, object: 'd.u' }] };
    assert.match(refusals(await scope.plan(elsewhere))['d.t']!.join(), /not allowed/);
    const other = { ...allowed, allowances: [{ ...entry!, change: 'drop_table' }] };
    assert.match(refusals(await scope.plan(other))['d.t']!.join(), /not allowed/);
  });

  test('a view over a refused table waits for it', async () => {
    const scope = await applied('dependant', {
      ...TWO,
      views: {
        v: {
          sql: 'SELECT a, b FROM d.t',
          columns: [
            { name: 'a', type: 'integer' },
            { name: 'b', type: 'varchar' },
          ],
        },
      },
    });
    const plan = await scope.plan(definitionsOf({ ...ONE, views: VIEW.views! }, { 'd.v': ['replace_view'] }));
    assert.deepEqual(Object.keys(refusals(plan)), ['d.t', 'd.v']);
    assert.match(refusals(plan)['d.v']!.join(), /reads d\.t/);
  });
});

describe('a reviewed plan', { concurrency: 8 }, () => {
  test('is refused when what it touches has changed; the difference is told', async () => {
    const scope = await applied('stale_plan', ONE);
    const reviewed = await scope.plan(definitionsOf(TWO));
    await setParameters(scope, 't', { by: 'hand' });
    await assert.rejects(scope.apply(definitionsOf(TWO), { reviewed }), /stale[\s\S]*- d\.t: ALTER TABLE/);
    await setParameters(scope, 't', {}, ['by']);
    assert.ok((await scope.apply(definitionsOf(TWO), { reviewed })).ok);
    await assert.rejects(scope.apply(definitionsOf(TWO), { reviewed }), /stale/);
  });

  test('is not moved by loads or by what others do elsewhere', async () => {
    const scope = await applied('steady_plan', {
      tables: { ...ONE.tables, u: { columns: [{ name: 'a', type: 'int' }] } },
    });
    const both = definitionsOf({ tables: { ...TWO.tables, u: { columns: [{ name: 'a', type: 'int' }] } } });
    const reviewed = await scope.plan(both);
    await setParameters(scope, 't', { 'weir.load.id': '7', 'weir.load.definition': 'x', numRows: '3' });
    await setParameters(scope, 'u', { 'weir.load.id': '8' });
    await scope.sql(`CREATE EXTERNAL TABLE ${scope.environment.prefix}d.z (a int) LOCATION 's3://weir-diff-raw/z/'`);
    assert.equal((await scope.plan(both)).digest, reviewed.digest);
    assert.ok((await scope.apply(both, { reviewed })).ok);
  });

  test('for another environment is refused', async () => {
    const scope = await applied('other_environment', ONE);
    const reviewed = { ...(await scope.plan(definitionsOf(TWO))), environment: 'prod' };
    await assert.rejects(scope.apply(definitionsOf(TWO), { reviewed }), /environment prod/);
  });
});

describe('somebody writes between reading and writing', { concurrency: 8 }, () => {
  const DATED: Snippet = {
    tables: {
      t: {
        columns: [
          { name: 'a', type: 'int' },
          { name: 'day', type: 'date' },
        ],
      },
    },
  };

  /** A Glue where something happens just before the first UpdateTable. */
  function disturbed(scope: Scope, disturb: () => Promise<void>): GluePort {
    let done = false;
    return {
      ...scope.glue,
      updateTable: async (table, options) => {
        if (!done) {
          done = true;
          await disturb();
        }
        return scope.glue.updateTable(table, options);
      },
    };
  }

  test('a load that publishes is no hindrance, and its entry stays', async () => {
    const scope = await applied('race_load', ONE);
    const glue = disturbed(scope, () => setParameters(scope, 't', { 'weir.load.id': '7' }));
    assert.ok((await scope.apply(definitionsOf(DATED), { glue })).ok);
    const table = (await scope.glue.getTable(`${scope.environment.prefix}d`, 't'))!;
    assert.equal(table.parameters['weir.load.id'], '7');
    assert.equal(table.storage.columns.length, 2);
  });

  test('any other change stops apply before it overwrites it', async () => {
    const scope = await applied('race_other', ONE);
    const glue = disturbed(scope, () => setParameters(scope, 't', { by: 'hand' }));
    const result = await scope.apply(definitionsOf(DATED), { glue });
    assert.equal(result.ok, false);
    assert.match(JSON.stringify(result.outcomes), /changed while apply was at work/);
    const table = (await scope.glue.getTable(`${scope.environment.prefix}d`, 't'))!;
    assert.equal(table.parameters.by, 'hand');
    assert.equal(table.storage.columns.length, 1);
  });
});

describe('a step that fails', () => {
  test('is told with its reason and cure, the rest is not run, and the next apply finishes', async () => {
    const scope = lake.within('failure');
    const broken: Snippet = {
      ...ONE,
      views: {
        a: { sql: 'SELECT nowhere FROM d.t', columns: [{ name: 'nowhere', type: 'integer' }] },
        b: VIEW.views!.v!,
      },
    };
    const result = await scope.apply(definitionsOf(broken));
    assert.equal(result.ok, false);
    const statuses = result.outcomes.map(({ object, status }) => `${object} ${status}`);
    assert.deepEqual(statuses.slice(-4), ['d.a failed', 'd.a not-run', 'd.b not-run', 'd.b not-run']);
    const failed = result.outcomes.find((outcome) => outcome.status === 'failed');
    assert.match(failed?.status === 'failed' ? failed.reason : '', /COLUMN_NOT_FOUND/);
    const mended = definitionsOf({ ...broken, views: { ...broken.views, a: VIEW.views!.v! } });
    assert.ok((await scope.apply(mended)).ok);
    assert.deepEqual((await scope.plan(mended)).objects, []);
  });

  test('a view with other types than declared is said to have them, and stays pending', async () => {
    const scope = lake.within('wrong_types');
    const wrong = definitionsOf({
      ...ONE,
      views: { v: { sql: 'SELECT a FROM d.t', columns: [{ name: 'a', type: 'bigint' }] } },
    });
    const result = await scope.apply(wrong);
    assert.match(JSON.stringify(result.outcomes), /a is integer, declared is bigint/);
    assert.deepEqual(
      (await scope.plan(wrong)).objects.map((object) => object.object),
      ['d.v'],
    );
  });
});

describe('renames', { concurrency: 8 }, () => {
  const columns = [{ name: 'a', type: 'int' }];
  const renamed = { u: { columns, renamed_from: 't', location: { bucket: 'raw', path: 't/' } } };

  test('a table that is defined again under the old name is not taken for a leftover', async () => {
    const scope = await applied('rename_again', ONE);
    assert.ok((await scope.apply(definitionsOf({ tables: renamed }))).ok);
    const both = definitionsOf({ tables: { ...renamed, t: { columns, location: { bucket: 'raw', path: 'other/' } } } });
    assert.ok((await scope.apply(both)).ok);
    assert.deepEqual((await scope.plan(both)).objects, []);
    assert.notEqual(await scope.glue.getTable(`${scope.environment.prefix}d`, 't'), undefined);
    const gone = await scope.plan(definitionsOf({ tables: renamed }));
    assert.match(refusals(gone)['d.t']!.join(), /drop_table is destructive/);
  });

  test('two tables that are both there are not one', async () => {
    const scope = await applied('rename_two', { tables: { ...ONE.tables, u: { columns } } });
    const plan = await scope.plan(definitionsOf({ tables: { u: { columns, renamed_from: 't' } } }));
    assert.match(refusals(plan)['d.t']!.join(), /drop_table is destructive/);
    assert.deepEqual(plan.steps, []);
  });
});

describe('definitions that must not reach the catalog', () => {
  const view = (sql: string) => definitionsOf({ views: { v: { sql, columns: [{ name: 'a', type: 'integer' }] } } });

  test('a view whose SELECT does not parse, or is more than one', async () => {
    const scope = lake.within('unreadable');
    await assert.rejects(scope.plan(view('SELEC a FROM d.t')), /SELEC/);
    await assert.rejects(scope.plan(view('SELECT 1 AS a; DROP TABLE d.t')), /2 statements instead of one/);
    await assert.rejects(scope.plan(view('')), /view\.sql|statements|the end/);
  });

  test('a table in a bucket that the environment does not have', async () => {
    const tables = { t: { columns: [{ name: 'a', type: 'int' }], location: { bucket: 'nowhere', path: 't/' } } };
    await assert.rejects(lake.within('no_bucket').plan(definitionsOf({ tables })), /bucket nowhere/);
  });
});

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
