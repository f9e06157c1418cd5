import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { raw, startedLake } from '../server/started.ts';

interface Step {
  /** `METHOD /path`, sent as it is; `$name` stands for what an earlier step took. */
  readonly request: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  /** S3's error code. */
  readonly code?: string;
  /** Response headers; null: must not be there. */
  readonly answers?: Readonly<Record<string, string | null>>;
  /** The whole body. */
  readonly text?: string;
  readonly contains?: readonly string[];
  readonly lacks?: readonly string[];
  /** Names for values out of the body: the first group of the expression. */
  readonly take?: Readonly<Record<string, string>>;
}

interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
}

const cases = parse(readFileSync(join(import.meta.dirname, 'requests.yaml'), 'utf8')) as Case[];
const lake = await startedLake();

describe('S3 requests', () => {
  assert.equal(new Set(cases.map((one) => one.name)).size, cases.length, 'two cases have one name');
  for (const [index, { name, steps }] of cases.entries())
    it(name, async () => {
      // Every case has a bucket of its own, so that none sees what another left.
      const taken = new Map([['bucket', `case-${index}`]]);
      const fill = (text: string) => text.replace(/\$(\w+)/g, (all, key: string) => taken.get(key) ?? all);
      await raw(lake.url, 'PUT', fill('/$bucket'));
      for (const step of steps) await check(step, fill, taken);
    });
});

async function check(step: Step, fill: (text: string) => string, taken: Map<string, string>): Promise<void> {
  const [method, path] = fill(step.request).split(/ (.*)/s) as [string, string];
  const headers = Object.fromEntries(
    Object.entries(step.headers ?? {}).map(([key, value]) => [key, fill(String(value))]),
  );
  const body = step.body === undefined ? undefined : fill(step.body);
  const answer = await raw(lake.url, method, path, { headers, ...(body === undefined ? {} : { body }) });
  const where = `${step.request}\n${answer.body}`;
  assert.equal(answer.status, step.status, where);
  if (step.code !== undefined) assert.equal(/<Code>(.*?)<\/Code>/.exec(answer.body)?.[1], step.code, where);
  for (const [key, value] of Object.entries(step.answers ?? {}))
    assert.equal(
      answer.headers[key.toLowerCase()] ?? null,
      value === null ? null : fill(String(value)),
      `${key} of ${where}`,
    );
  if (step.text !== undefined) assert.equal(answer.body, fill(step.text), where);
  for (const part of step.contains ?? []) assert.ok(answer.body.includes(fill(part)), `lacks ${part}: ${where}`);
  for (const part of step.lacks ?? []) assert.ok(!answer.body.includes(fill(part)), `has ${part}: ${where}`);
  for (const [key, pattern] of Object.entries(step.take ?? {})) {
    const value = new RegExp(pattern).exec(answer.body)?.[1];
    assert.ok(value !== undefined, `nothing fits ${pattern}: ${where}`);
    taken.set(key, value);
  }
}
