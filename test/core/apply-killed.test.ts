import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { runSteps } from '../../scripts/commands/apply/run-steps.ts';
import { type DiffCase, definitionsOf } from './diff-case.ts';
import { openTestLake, type Scope, standings, type TestLake } from './plan-lake.ts';

// An apply that dies after any of its statements: the next one finishes, and nothing of it looks like somebody else's.

const FOLDER = join(import.meta.dirname, '../cases/diff/');
const CASES = readdirSync(FOLDER).flatMap((name) => {
  return (parse(readFileSync(join(FOLDER, name), 'utf8'), { merge: true }) as { cases: DiffCase[] }).cases;
});

let lake: TestLake;
before(async () => {
  lake = await openTestLake();
});
after(() => lake.close());

/** `npm test` takes every other case, test/faults all of them. */
const STRIDE = process.env.WEIR_KILLED === 'all' ? 1 : 2;

describe('killed after any statement', { concurrency: 8 }, () => {
  for (const [number, each] of CASES.entries()) {
    const steps = each.forward.statements?.length ?? 0;
    if (steps < 2 || number % STRIDE > 0) continue;
    test(each.name, async () => {
      for (let done = 1; done < steps; done++) await runKilled(each, `${number}_${done}`, done);
    });
  }
});

async function runKilled(each: DiffCase, name: string, done: number): Promise<void> {
  const scope = lake.within(name);
  assert.ok((await scope.apply(definitionsOf(each.from))).ok);
  await register(scope, each);
  const wanted = definitionsOf(each.to, each.forward.allow);
  const plan = await scope.plan(wanted);
  const outcomes = await runSteps({ ...plan, steps: plan.steps.slice(0, done) }, scope, () => undefined);
  assert.ok(outcomes.every((outcome) => outcome.status === 'done'));
  const left = await scope.plan(wanted);
  const strange = Object.values(standings(left)).filter((standing) => standing === 'drift' || standing === 'foreign');
  assert.deepEqual(strange, [], `after ${done} of ${plan.steps.length}`);
  const result = await scope.apply(wanted);
  assert.ok(result.ok, JSON.stringify([result.refused, result.outcomes]).slice(0, 1500));
  assert.deepEqual((await scope.plan(wanted)).objects, [], `after ${done} of ${plan.steps.length}`);
}

async function register(scope: Scope, { partitions = {} }: Pick<DiffCase, 'partitions'>): Promise<void> {
  const database = `${scope.environment.prefix}d`;
  for (const [table, values] of Object.entries(partitions)) {
    const { storage } = (await scope.glue.getTable(database, table))!;
    const entries = values.map((each) => ({ values: each, storage, parameters: {} }));
    assert.deepEqual(await scope.glue.createPartitions(database, table, entries), []);
  }
}
