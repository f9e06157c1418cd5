import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { after, before } from 'node:test';
import { parse } from 'yaml';
import { openTestLake, type TestLake } from './harness.ts';

interface Step {
  readonly sql?: string;
  readonly rows?: unknown;
  readonly error?: string;
  readonly database?: string;
  readonly table?: string;
  readonly serde?: string;
  readonly columns?: string;
  readonly partition?: readonly string[];
  readonly location?: string;
  readonly is?: unknown;
}

interface Case {
  readonly name: string;
  readonly files?: readonly string[];
  readonly steps: readonly Step[];
}

let lake: TestLake;
before(async () => {
  lake = await openTestLake();
});
after(() => lake.close());

const cases = parse(readFileSync(new URL('ddl.yaml', import.meta.url), 'utf8')) as readonly Case[];
for (const { name, files = [], steps } of cases) {
  test(name, async () => {
    for (const { Name } of lake.catalog.tables('default')) await lake.catalog.deleteTable('default', Name);
    for (const key of files) await lake.put(key, 'x\n');
    for (const step of steps) await check(step);
  });
}

async function check(step: Step): Promise<void> {
  if (step.sql !== undefined) return checkStatement(step, step.sql);
  assert.deepEqual(plain(found(step)), step.is ?? step.location);
}

async function checkStatement({ error, rows }: Step, sql: string): Promise<void> {
  if (error !== undefined) {
    assert.equal(await lake.failure(sql), error);
    return;
  }
  const shown = await lake.rows(sql);
  if (rows !== undefined) assert.deepEqual(plain(shown), rows, sql);
}

function found(step: Step): unknown {
  if (step.database !== undefined) {
    const { CreateTime: _c, CatalogId: _i, ...database } = lake.catalog.database(step.database)!;
    return database;
  }
  if (step.partition !== undefined) {
    const [name = '', ...values] = step.partition;
    return lake.catalog.partition(...split(name), values)?.StorageDescriptor?.Location;
  }
  const table = lake.catalog.table(...split(step.table ?? step.serde ?? step.columns ?? ''))!;
  if (step.serde !== undefined) return table.StorageDescriptor?.SerdeInfo;
  if (step.columns !== undefined) return table.StorageDescriptor?.Columns;
  const { CreateTime: _c, UpdateTime: _u, CatalogId: _i, VersionId: _v, ...input } = table;
  return input;
}

function split(name: string): [string, string] {
  const [database = '', table = ''] = name.split('.');
  return [database, table];
}

function plain(value: unknown): unknown {
  const text = JSON.stringify(value ?? null).replace(/(transient_lastDdlTime[^0-9]*)\d{10}/g, '$1<time>');
  return JSON.parse(text);
}
