import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { parse } from 'yaml';
import { difference } from './compare.ts';
import type { Ask } from './statements.ts';
import { done } from './write-benchmarks.ts';

export interface ExchangeCase {
  readonly name: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly make: readonly { readonly lake?: string; readonly trino?: string }[];
  readonly same: readonly { readonly sql: string; readonly rows?: number; readonly error?: string }[];
}

export const exchangeCases = parse(
  readFileSync(join(import.meta.dirname, 'exchange.cases.yaml'), 'utf8'),
) as readonly ExchangeCase[];

/** The database and bucket of the cases. */
export async function prepareExchange(s3: S3Client, trino: Ask): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: 'exchange' }));
  done(await trino(`CREATE SCHEMA exchange WITH (location = 's3://exchange/schema/')`));
}

/** Makes the tables of a case, and asks both engines for them. */
export async function tryExchange(test: ExchangeCase, s3: S3Client, lake: Ask, trino: Ask): Promise<void> {
  for (const [Key, Body] of Object.entries(test.files ?? {}))
    await s3.send(new PutObjectCommand({ Bucket: 'exchange', Key, Body }));
  for (const step of test.make) done(step.lake ? await lake(step.lake) : await trino(step.trino!));
  const differences: string[] = [];
  for (const { sql, rows, error } of test.same) {
    const [theirs, ours] = [await trino(sql), await lake(sql)];
    const found = difference(theirs, ours);
    if (found) differences.push(`${sql}\n  ${found}`);
    if ('error' in theirs) assert.equal(theirs.error, error, `${sql}\n  ${theirs.message}`);
    else assert.equal(theirs.rows.length, rows, sql);
  }
  assert.equal(differences.join('\n'), '');
}
