import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Document, isMap, parseDocument, Scalar } from 'yaml';
import type { Definitions } from '../../scripts/core/model/definition.ts';
import { stepText } from '../../scripts/core/render/plan-parts.ts';
import { type DiffCase, definitionsOf, type Way } from './diff-case.ts';
import { openTestLake, refusals, type Scope, type TestLake } from './plan-lake.ts';

// Each case, on the endpoint that is there (the local lake, or AWS_ENDPOINT_URL): the first state is applied; the plan to
// the second has exactly these statements, runs, and leaves nothing to plan; then the same the other way.

const FOLDER = join(import.meta.dirname, '../cases/diff/');
const UPDATE = process.env.UPDATE_GOLDEN === '1';

let lake: TestLake;
before(async () => {
  lake = await openTestLake();
});
after(() => lake.close());

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
for (const [fileNumber, name] of files.entries()) {
  const document = parseDocument(readFileSync(join(FOLDER, name), 'utf8'), { merge: true });
  const cases = (document.toJS() as { cases: DiffCase[] }).cases;
  describe(name, { concurrency: 8 }, () => {
    for (const [number, each] of cases.entries()) {
      test(each.name, () => runCase(each, `${fileNumber}_${number}`, document, number));
    }
    if (UPDATE) {
      after(() => writeFileSync(join(FOLDER, name), document.toString({ lineWidth: 0, flowCollectionPadding: true })));
    }
  });
}

async function runCase(each: DiffCase, name: string, document: Document, number: number): Promise<void> {
  const scope = lake.within(name);
  await settle(definitionsOf(each.from), scope);
  for (const [table, partitions] of Object.entries(each.partitions ?? {})) {
    const database = `${scope.environment.prefix}d`;
    const found = await lake.glue.getTable(database, table);
    const entries = partitions.map((values) => ({ values, storage: found!.storage, parameters: {} }));
    assert.deepEqual(await lake.glue.createPartitions(database, table, entries), []);
  }
  const expect = (way: 'forward' | 'back') => (statements: readonly string[]) => {
    if (UPDATE) record(document, number, way, each[way], statements);
    else assert.deepEqual(statements, each[way].statements ?? [], way);
  };
  await travel(each.to, each.forward, scope, expect('forward'));
  await travel(each.from, each.back, scope, expect('back'));
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
  scope: Scope,
  expect: (statements: readonly string[]) => void,
): Promise<void> {
  if (way.allow !== undefined) {
    const plan = await scope.plan(definitionsOf(to));
    const forbidden = Object.entries(refusals(plan)).filter(([, reasons]) => reasons.join().includes('not allowed'));
    assert.deepEqual(forbidden.map(([object]) => object).sort(), Object.keys(way.allow).sort());
    const touched = plan.steps.map((step) => step.object).filter((object) => way.allow![object] !== undefined);
    assert.deepEqual(touched, [], 'nothing is done to a refused object');
  }
  const definitions = definitionsOf(to, way.allow);
  const plan = await scope.plan(definitions);
  assert.deepEqual(refusals(plan), {});
  expect(plan.steps.map((step) => neutral(stepText(step), scope)));
  await settle(definitions, scope);
}

/** Applies, plans again and finds nothing; every view can be read. */
async function settle(definitions: Definitions, scope: Scope): Promise<void> {
  const result = await scope.apply(definitions);
  const failed = result.outcomes.filter((each) => each.status === 'failed');
  assert.ok(result.ok, JSON.stringify([result.refused, failed]).slice(0, 1500));
  const again = await scope.plan(definitions);
  assert.deepEqual([again.objects, again.steps], [[], []], 'the plan after apply is empty');
  for (const view of definitions.views) {
    const sql = `SELECT * FROM "${scope.environment.prefix}d"."${view.name}" LIMIT 0`;
    assert.equal(await scope.sql(sql), 'succeeded');
  }
}

/** The prefix and the hashes are another's in every run. */
function neutral(text: string, { environment }: Scope): string {
  return text
    .replaceAll(`${environment.prefix} `, '')
    .replaceAll(environment.prefix, '')
    .replace(/'[0-9a-f]{32}'/g, "'<hash>'");
}
