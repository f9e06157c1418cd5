import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readActual } from '../../scripts/commands/actual.ts';
import { makePlan } from '../../scripts/core/plan/plan.ts';
import { definitionsOf, type Snippet } from './diff-case.ts';
import { openTestLake, refusals, type Scope, standings, type TestLake, TODAY } from './plan-lake.ts';
import { appliedIn, ONE, setParameters, TWO, VIEW } from './plan-snippets.ts';

// What a plan says of a catalog that others change too: drift, what Weir did not make, and what a permission lets through.

let lake: TestLake;
before(async () => {
  lake = await openTestLake();
});
after(() => lake.close());

const applied = (name: string, snippet: Snippet): Promise<Scope> => appliedIn(lake, name, snippet);

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
