import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Record<string, unknown>;
}
interface Job {
  readonly permissions?: Record<string, string>;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Record<string, unknown>;
  readonly permissions: unknown;
  readonly jobs: Record<string, Job>;
}

const root = join(import.meta.dirname, '../..');
const workflows = readdirSync(join(root, '.github/workflows')).map((name) => {
  const text = readFileSync(join(root, '.github/workflows', name), 'utf8');
  return { name, text, workflow: parse(text) as Workflow };
});
const actions = readdirSync(join(root, '.github/actions')).map((name) => {
  const text = readFileSync(join(root, '.github/actions', name, 'action.yml'), 'utf8');
  return { name, text, steps: (parse(text) as { runs: { steps: Step[] } }).runs.steps };
});
const steps = [
  ...workflows.flatMap(({ name, workflow }) =>
    Object.values(workflow.jobs).flatMap((job) => job.steps.map((step) => ({ name, step }))),
  ),
  ...actions.flatMap(({ name, steps }) => steps.map((step) => ({ name, step }))),
];
const jobs = workflows.flatMap(({ name, workflow }) =>
  Object.entries(workflow.jobs).map(([id, job]) => ({ name: `${name} ${id}`, job })),
);

test('every action from elsewhere is pinned to a commit, with its version beside it', () => {
  const uses = [...workflows, ...actions].flatMap(({ name, text }) =>
    [...text.matchAll(/uses: *([^\s#]+)(.*)/g)].map((match) => ({ name, action: match[1]!, comment: match[2]! })),
  );
  assert.ok(uses.length > 10);
  for (const { name, action, comment } of uses.filter((use) => !use.action.startsWith('./'))) {
    assert.match(action, /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/, `${name}: ${action}`);
    assert.match(comment, /# v\d+\.\d+\.\d+/, `${name}: ${action}`);
  }
});

test('permissions are none at the top and granted, with a reason, job by job', () => {
  for (const { name, text, workflow } of workflows) {
    assert.deepEqual(workflow.permissions, {}, name);
    const grants = [...text.matchAll(/^ {6}[\w-]+: (?:read|write)\b(.*)$/gm)];
    for (const grant of grants) assert.match(grant[1]!, /# \w/, `${name}: ${grant[0]}`);
  }
  for (const { name, job } of jobs) assert.ok(job.permissions && Object.keys(job.permissions).length > 0, name);
});

test('every job has a time-out', () => {
  for (const { name, job } of jobs) assert.ok(Number(job['timeout-minutes']) > 0, name);
});

test('no expression is put into a script, where its value would be code', () => {
  for (const { name, step } of steps) assert.doesNotMatch(step.run ?? '', /\$\{\{/, name);
});

test('no event runs foreign code with rights', () => {
  for (const { name, workflow } of workflows) {
    for (const event of ['pull_request_target', 'workflow_run']) assert.ok(!(event in workflow.on), name);
    if (!('pull_request' in workflow.on)) continue;
    for (const job of Object.values(workflow.jobs)) assert.ok(job.permissions?.['id-token'] === undefined, name);
  }
});

test('a checkout leaves no token behind, and no job caches packages', () => {
  for (const { name, step } of steps) {
    if (step.uses?.startsWith('actions/checkout@')) assert.equal(step.with?.['persist-credentials'], false, name);
    if (step.uses?.startsWith('actions/setup-node@')) assert.equal(step.with?.['package-manager-cache'], false, name);
  }
});

test('a job never has both AWS rights and the right to write to the repository', () => {
  for (const { name, job } of jobs) {
    const writes = Object.entries(job.permissions ?? {}).filter(
      ([scope, right]) => right === 'write' && scope !== 'id-token',
    );
    if (job.permissions?.['id-token'] === 'write') assert.deepEqual(writes, [], name);
  }
});

test('verbs are started as node itself, because npm forwards no signal', () => {
  for (const { name, step } of steps) assert.doesNotMatch(step.run ?? '', /npm run|npx/, name);
  const started = steps.filter(({ step }) => step.run?.includes('scripts/'));
  assert.ok(started.length >= 8);
  for (const { name, step } of started) assert.match(step.run!, /exec node --import tsx scripts\//, name);
});

test('loads and applies are never cancelled, and waiting loads are kept', () => {
  for (const { name, text } of workflows) {
    if (!/^(load|files|backfill|apply|drift)\.yml$/.test(name)) continue;
    assert.match(text, /cancel-in-progress: false/, name);
    if (/^(load|backfill)/.test(name)) assert.match(text, /queue: max/, name);
    // Of these the newest that waits is enough: test/load/burst.test.ts.
    if (name === 'files.yml') assert.doesNotMatch(text, /queue:/);
  }
});
