import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { GluePort } from '../../scripts/core/model/ports.ts';
import { definitionsOf, type Snippet } from './diff-case.ts';
import { openTestLake, refusals, type Scope, type TestLake } from './plan-lake.ts';
import { appliedIn, ONE, setParameters, TWO, VIEW } from './plan-snippets.ts';

// What apply does and refuses: a reviewed plan, somebody who writes meanwhile, steps that fail, renames, what must not reach the catalog.

let lake: TestLake;
before(async () => {
  lake = await openTestLake();
});
after(() => lake.close());

const applied = (name: string, snippet: Snippet): Promise<Scope> => appliedIn(lake, name, snippet);

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

  test('is refused when its statements are the same, and what they overwrite is not', async () => {
    const scope = await applied('moved_plan', ONE);
    await setParameters(scope, 't', { by: 'hand' });
    const allowed = definitionsOf(ONE, { 'd.t': ['overwrite_drift', 'remove_property'] });
    const reviewed = await scope.plan(allowed);
    assert.equal(reviewed.steps.length, 1);
    await setParameters(scope, 't', { by: 'somebody else' });
    const now = await scope.plan(allowed);
    assert.deepEqual(
      now.steps.map(({ number: _, ...step }) => ('call' in step ? step.call : step)),
      reviewed.steps.map(({ number: _, ...step }) => ('call' in step ? step.call : step)),
    );
    await assert.rejects(
      scope.apply(allowed, { reviewed }),
      /the statements are the same, but objects .* have changed/,
    );
    const table = (await scope.glue.getTable(`${scope.environment.prefix}d`, 't'))!;
    assert.equal(table.parameters.by, 'somebody else');
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

  test('a change between the plan and the first statement stops apply before that', async () => {
    const scope = await applied('race_first', ONE);
    let reads = 0;
    const getTable: GluePort['getTable'] = async (...args) => {
      reads += 1;
      // The plan was made from lists: what is read alone is what is about to be changed.
      if (reads === 1) await setParameters(scope, 't', { by: 'hand' });
      return scope.glue.getTable(...args);
    };
    const result = await scope.apply(definitionsOf(TWO), { glue: { ...scope.glue, getTable } });
    assert.equal(result.ok, false);
    const [first] = result.outcomes;
    assert.match(first?.status === 'failed' ? first.reason : '', /d\.t changed while apply was at work/);
    const table = (await scope.glue.getTable(`${scope.environment.prefix}d`, 't'))!;
    assert.deepEqual([table.parameters.by, table.storage.columns.length], ['hand', 1]);
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
