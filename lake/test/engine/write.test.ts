import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { after, before } from 'node:test';
import { parquetMetadata, type SchemaElement } from 'hyparquet';
import { parse } from 'yaml';
import { BUCKET, openTestLake, type TestLake } from './harness.ts';

interface Step {
  readonly sql?: string;
  readonly rows?: unknown;
  readonly updated?: number;
  readonly error?: string;
  readonly enforced?: boolean;
  readonly parquet?: string;
  readonly codec?: string;
  readonly objects?: string;
  readonly text?: string;
  readonly columns?: string;
  readonly partition?: readonly string[];
  readonly location?: string;
  readonly 'table-location'?: string;
  readonly like?: string;
  readonly is?: unknown;
}

let lake: TestLake;
before(async () => {
  lake = await openTestLake();
});
after(() => lake.close());

const file = readFileSync(new URL('write.yaml', import.meta.url), 'utf8');
for (const { name, steps } of parse(file) as readonly { name: string; steps: readonly Step[] }[]) {
  test(name, async () => {
    for (const { Name } of lake.catalog.tables('default')) await lake.catalog.deleteTable('default', Name);
    for (const step of steps) await check(step);
  });
}

async function check(step: Step): Promise<void> {
  if (step.sql !== undefined) return checkStatement(step, step.sql);
  if (step.parquet !== undefined) return checkParquet(step, step.parquet);
  if (step['table-location'] !== undefined) {
    assert.match(lake.catalog.table('default', 'j')?.StorageDescriptor?.Location ?? '', new RegExp(step.like ?? '^$'));
    return;
  }
  assert.deepEqual(found(step), step.is ?? step.location);
}

async function checkStatement({ error, rows, updated, enforced = false }: Step, sql: string): Promise<void> {
  const workgroup = { name: 'w', enforcedLocation: enforced, scanLimit: undefined };
  if (error !== undefined) assert.equal(await lake.failure(sql, { workgroup }), error);
  else if (rows !== undefined) assert.deepEqual(await lake.rows(sql), rows, sql);
  else {
    const result = await lake.execute(sql, { workgroup });
    if (updated !== undefined) assert.equal(result.updateCount, updated);
  }
}

function found(step: Step): unknown {
  const list = (prefix: string) => lake.objects.list(BUCKET, prefix);
  if (step.objects !== undefined) {
    const { objects: prefix } = step;
    return list(prefix).map(({ key }) => key.slice(prefix.length, key.lastIndexOf('/') + 1));
  }
  if (step.text !== undefined)
    return list(step.text)
      .map(({ path }) => readFileSync(path, 'utf8'))
      .join('');
  if (step.columns !== undefined) return lake.catalog.table('default', 't')?.StorageDescriptor?.Columns;
  const [, ...values] = step.partition ?? [];
  return lake.catalog.partition('default', 't', values)?.StorageDescriptor?.Location;
}

/** Read back by another implementation of Parquet than the one that wrote it. */
function checkParquet({ is, codec }: Step, prefix: string): void {
  const objects = lake.objects.list(BUCKET, prefix);
  assert.equal(objects.length, 1);
  const metadata = parquetMetadata(new Uint8Array(readFileSync(objects[0]!.path)));
  const [root, ...rest] = metadata.schema;
  const top: SchemaElement[] = [];
  for (let at = 0; top.length < (root!.num_children ?? 0); at += 1 + below(rest, at)) top.push(rest[at]!);
  assert.deepEqual(
    top.map((element) => [element.name, element.type ?? '', logicalName(element)]),
    is,
  );
  assert.equal(metadata.row_groups[0]?.columns[0]?.meta_data?.codec, codec);
}

function below(elements: readonly SchemaElement[], at: number): number {
  let count = 0;
  for (let children = elements[at]?.num_children ?? 0; children > 0; children -= 1) {
    count += 1;
    count += below(elements, at + count);
  }
  return count;
}

function logicalName({ logical_type: logical, converted_type: converted, precision, scale }: SchemaElement): string {
  if (logical?.type === 'DECIMAL' || converted === 'DECIMAL') return `DECIMAL(${precision},${scale})`;
  if (logical?.type === 'INTEGER') return `INTEGER(${logical.bitWidth})`;
  if (logical !== undefined) return logical.type;
  if (converted === 'UTF8') return 'STRING';
  return /^INT_\d+$/.test(converted ?? '') ? `INTEGER(${converted!.slice(4)})` : (converted ?? '');
}
