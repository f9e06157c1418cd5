import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { BUCKET, openTestLake, type TestLake } from './harness.ts';
import { openScanner, type Scanner } from './scans.ts';

interface Case {
  readonly name: string;
  readonly table: string;
  readonly also?: readonly (string | { readonly delimiter: string })[];
  readonly files: Readonly<Record<string, string | { readonly parquet: string } | { readonly latin1: string }>>;
  readonly columns: readonly string[];
  readonly filter?: string;
  readonly rows?: unknown;
  readonly bytes?: number;
  readonly partitions?: number;
  readonly error?: string;
}

let lake: TestLake;
let scanner: Scanner;
before(async () => {
  lake = await openTestLake();
  scanner = await openScanner(lake);
});
after(async () => {
  scanner.close();
  await lake.close();
});

const cases = parse(readFileSync(new URL('scans.yaml', import.meta.url), 'utf8')) as readonly Case[];
for (const example of cases) {
  test(example.name, async () => {
    await prepare(example);
    const done = scanner.scan('default.t', example.columns, example.filter);
    if (example.error !== undefined) {
      await assert.rejects(done, { message: example.error });
      return;
    }
    const { rows, bytes, partitions } = await done;
    assert.deepEqual(rows, example.rows);
    if (example.bytes !== undefined) assert.equal(bytes, example.bytes);
    if (example.partitions !== undefined) assert.equal(partitions, example.partitions);
  });
}

async function prepare(example: Case): Promise<void> {
  await lake.execute('DROP TABLE IF EXISTS t');
  for (const { key } of lake.objects.list(BUCKET, '')) await lake.objects.delete(BUCKET, key);
  for (const [key, file] of Object.entries(example.files)) await write(key, file);
  await lake.execute(example.table);
  for (const step of example.also ?? []) {
    if (typeof step === 'string') await lake.execute(step);
    else await setDelimiter(step.delimiter);
  }
}

async function write(key: string, file: Case['files'][string]): Promise<void> {
  if (typeof file === 'string') {
    await lake.put(key, key.endsWith('.gz') ? gzipSync(file) : file);
    return;
  }
  if ('latin1' in file) {
    await lake.put(key, Buffer.from(file.latin1, 'latin1'));
    return;
  }
  const path = join(lake.objects.scratch(), 'x.parquet');
  const connection = await scanner.session.connect();
  await connection.run(`COPY (${file.parquet}) TO '${path}' (FORMAT parquet)`);
  connection.close();
  await lake.objects.adopt(BUCKET, key, path);
}

/** What no DDL statement of Athena does: another client changes the table's SerDe by Glue. */
async function setDelimiter(delimiter: string): Promise<void> {
  const { Name, Parameters, PartitionKeys, TableType, StorageDescriptor } = lake.catalog.table('default', 't')!;
  const SerdeInfo = { ...StorageDescriptor!.SerdeInfo, Parameters: { 'field.delim': delimiter } };
  await lake.catalog.updateTable('default', {
    Name,
    ...(TableType === undefined ? {} : { TableType }),
    ...(Parameters === undefined ? {} : { Parameters }),
    ...(PartitionKeys === undefined ? {} : { PartitionKeys }),
    StorageDescriptor: { ...StorageDescriptor, SerdeInfo },
  });
}
