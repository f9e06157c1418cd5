import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Document, isMap, parseDocument, Scalar } from 'yaml';
import { type OpenEnvironment, openEnvironment } from '../../scripts/adapters/environment.ts';
import { readActual } from '../../scripts/commands/actual.ts';
import { applyLake } from '../../scripts/commands/apply/apply.ts';
import { planLake } from '../../scripts/commands/plan.ts';
import type { Definitions, Environment } from '../../scripts/core/model/definition.ts';
import type { Plan } from '../../scripts/core/plan/plan.ts';
import { stepText } from '../../scripts/core/render/plan-parts.ts';
import { type DiffCase, definitionsOf, type Way } from './diff-case.ts';

// Each case, on the endpoint that is there (the local lake, or AWS_ENDPOINT_URL): the first state is applied; the plan to
// the second has exactly these statements, runs, and leaves nothing to plan; then the same the other way.

const FOLDER = new URL('../cases/diff/', import.meta.url).pathname;
const UPDATE = process.env.UPDATE_GOLDEN === '1';
const RUN = `x${process.pid.toString(36)}`;
const TODAY = '2026-01-01';

let lake: OpenEnvironment;
let dir: string;
before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'weir-diff-'));
  lake = await openEnvironment(definitionsOf({}).lake, 'local', { lakeDir: dir });
});
after(async () => {
  await lake.close();
  rmSync(dir, { recursive: true, force: true });
});

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
for (const [fileNumber, name] of files.entries()) {
  const document = parseDocument(readFileSync(join(FOLDER, name), 'utf8'), { merge: true });
  const cases = (document.toJS() as { cases: DiffCase[] }).cases;
  describe(name, { concurrency: 8 }, () => {
    for (const [number, each] of cases.entries()) {
      test(each.name, () => runCase(each, `${RUN}_${fileNumber}_${number}_`, document, number));
    }
    if (UPDATE) {
      after(() => writeFileSync(join(FOLDER, name), document.toString({ lineWidth: 0, flowCollectionPadding: true })));
    }
  });
}

async function runCase(each: DiffCase, prefix: string, document: Document, number: number): Promise<void> {
  const environment = { ...lake.environment, prefix };
  try {
    await settle(definitionsOf(each.from), environment);
    for (const [table, partitions] of Object.entries(each.partitions ?? {})) {
      const found = await lake.glue.getTable(`${prefix}d`, table);
      const entries = partitions.map((values) => ({ values, storage: found!.storage, parameters: {} }));
      assert.deepEqual(await lake.glue.createPartitions(`${prefix}d`, table, entries), []);
    }
    const expect = (way: 'forward' | 'back') => (statements: readonly string[]) => {
      if (UPDATE) record(document, number, way, each[way], statements);
      else assert.deepEqual(statements, each[way].statements ?? [], way);
    };
    const went = await travel(each.to, each.forward, environment, expect('forward'));
    if (went) await travel(each.from, each.back, environment, expect('back'));
  } finally {
    await cleanUp(prefix);
  }
}

/** Writes the statements into the case, a block of lines each. */
function record(document: Document, number: number, way: string, given: Way, statements: readonly string[]): void {
  const blocks = statements.map((text) => {
    const scalar = new Scalar(text);
    scalar.type = Scalar.BLOCK_LITERAL;
    return scalar;
  });
  const node = document.createNode({ ...given, statements: blocks });
  if (isMap(node)) {
    const allow = node.get('allow');
    if (isMap(allow)) allow.flow = true;
  }
  document.setIn(['cases', number, way], node);
}

/** Applies a state and answers the statements that were needed; nothing is left to plan. */
async function travel(
  to: DiffCase['to'],
  way: Way,
  environment: Environment,
  expect: (statements: readonly string[]) => void,
): Promise<boolean> {
  if (way.unsupported !== undefined) {
    const plan = await planOf(definitionsOf(to, way.allow), environment);
    assert.deepEqual(refused(plan), way.unsupported);
    return false;
  }
  if (way.allow !== undefined) {
    const plan = await planOf(definitionsOf(to), environment);
    assert.deepEqual(refused(plan, 'not allowed'), Object.keys(way.allow).sort(), 'refused without a permission');
    const touched = plan.steps.map((step) => step.object).filter((object) => way.allow![object] !== undefined);
    assert.deepEqual(touched, [], 'nothing is done to a refused object');
  }
  const definitions = definitionsOf(to, way.allow);
  const plan = await planOf(definitions, environment);
  assert.deepEqual(refused(plan), []);
  expect(plan.steps.map((step) => neutral(stepText(step), environment)));
  await settle(definitions, environment);
  return true;
}

/** Applies, plans again and finds nothing; every view can be read. */
async function settle(definitions: Definitions, environment: Environment): Promise<void> {
  const request = { definitions, environment, today: TODAY, only: [], reviewed: undefined };
  const result = await applyLake(request, { ...lake, environment }, () => undefined);
  const failed = result.outcomes.filter((each) => each.status === 'failed');
  assert.ok(result.ok, JSON.stringify([result.refused, failed]).slice(0, 1500));
  const again = await planOf(definitions, environment);
  assert.deepEqual([again.objects, again.steps], [[], []], 'the plan after apply is empty');
  for (const view of definitions.views) {
    const sql = `SELECT * FROM "${environment.prefix}d"."${view.name}" LIMIT 0`;
    const outcome = await lake.athena.wait(await lake.athena.start({ sql, workgroup: environment.workgroups.query }));
    assert.equal(outcome.state, 'succeeded', JSON.stringify(outcome));
  }
}

function planOf(definitions: Definitions, environment: Environment): Promise<Plan> {
  const read = () => readActual(lake.glue, definitions, environment);
  return planLake({ definitions, environment, against: 'live', today: TODAY, only: [], read });
}

function refused(plan: Plan, why = ''): readonly string[] {
  return plan.objects
    .filter((object) => object.refusals.some((refusal) => refusal.reason.includes(why)))
    .map((object) => object.object)
    .sort();
}

/** The prefix and the hashes are another's in every run. */
function neutral(text: string, environment: Environment): string {
  return text
    .replaceAll(`${environment.prefix} `, '')
    .replaceAll(environment.prefix, '')
    .replace(/'[0-9a-f]{32}'/g, "'<hash>'");
}

async function cleanUp(prefix: string): Promise<void> {
  for (const name of [`${prefix}d`, `${prefix}weir_staging`]) {
    const sql = `DROP DATABASE IF EXISTS \`${name}\` CASCADE`;
    await lake.athena.wait(await lake.athena.start({ sql, workgroup: lake.environment.workgroups.query }));
  }
}
