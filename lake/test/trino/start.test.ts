import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, mock, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lake, type LakeOptions, startLake } from '../../src/index.ts';
import { LakeError } from '../../src/wire/lake-error.ts';
import { temporaryFolder } from '../server/started.ts';
import { type FakeTrino, fakeTrino } from './fake-trino.ts';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'weir-lake.js');
const STATEMENTS = join(import.meta.dirname, 'without-duckdb.ts');

let fake: FakeTrino;
let other: Lake; // answers in XML
before(async () => {
  fake = await fakeTrino();
  other = await startLake({ dir: temporaryFolder() });
});
after(async () => {
  await fake.stop();
  await other.stop();
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise((done) => child.on('close', (code) => done({ code, out, err })));
}

describe('a Trino that is no good is one line and exit code 1', { concurrency: true }, () => {
  const engine = (...args: readonly string[]) => ['--engine', 'trino', ...args];
  const cases: readonly { readonly name: string; readonly args: () => readonly string[]; readonly says: RegExp }[] = [
    {
      name: 'away',
      args: () => engine('--trino-url', 'http://127.0.0.1:9', '--trino-wait', '0'),
      says: /^weir-lake: the Trino at http:\/\/127\.0\.0\.1:9 can't be reached \(.+\): start it, or correct --trino-url\n$/,
    },
    {
      name: 'an answer that is no JSON',
      args: () => engine('--trino-url', other.url),
      says: /^weir-lake: what answers at http:\S+ is no Trino: correct --trino-url\n$/,
    },
    { name: 'an empty value', args: () => ['--host', ''], says: /^weir-lake: --host is empty: give it a value/ },
    {
      name: 'no address at all',
      args: () => engine(),
      says: /^weir-lake: --engine trino has no address: give --trino-url/,
    },
    {
      name: 'a time that is none',
      args: () => engine('--trino-url', fake.url, '--trino-wait', 'long'),
      says: /--trino-wait long is no number of seconds: give a whole number/,
    },
    { name: 'not asked for', args: () => ['--trino-url', fake.url], says: /--trino-url is for a Trino alone/ },
    {
      name: 'another engine',
      args: () => ['--engine', 'spark'],
      says: /--engine spark is not known: give duckdb or trino/,
    },
  ];
  for (const { name, args, says } of cases)
    test(name, async () => {
      const dir = temporaryFolder();
      const { code, out, err } = await run(BIN, '--port', '0', '--dir', dir, ...args());
      assert.match(err, says);
      assert.deepEqual([code, out, err.split('\n').length], [1, '', 2]);
      assert.ok(!existsSync(join(dir, 'lake.lock')) || readFileSync(join(dir, 'lake.lock'), 'utf8') === '');
    });
});

describe('startLake says what is wrong with a Trino', () => {
  const cases: readonly (readonly [trino: () => LakeOptions['trino'], says: RegExp])[] = [
    [
      () => ({ url: fake.url, catalog: 'nope' }),
      /has no catalog nope \(it has: awsdatacatalog, lake, tpch\): .*--trino-catalog$/,
    ],
    [() => ({ url: fake.url, catalog: 'tpch' }), /is one of the connector tpch: /],
    [() => ({ url: 'trino' }), /^trino is no address of a Trino: /],
    [() => ({ url: 'ftp://trino' }), /is no address of a Trino: /],
  ];
  for (const [trino, says] of cases)
    test(String(says), async () => {
      const dir = temporaryFolder();
      const wanted = (error: unknown) => error instanceof LakeError && says.test(error.message);
      await assert.rejects(startLake({ dir, trino: trino()! }), wanted);
      const lake = await startLake({ dir }); // the folder is free again
      await lake.stop();
    });
});

test('a folder that is served already has its engine, and that is said', async () => {
  const dir = temporaryFolder();
  const lake = await startLake({ dir });
  const { code, err } = await run(BIN, '--port', '0', '--dir', dir, '--engine', 'trino', '--trino-url', fake.url);
  await lake.stop();
  assert.match(err, /is already served at http:\S+: use that address, stop that process, or choose another --dir\n$/);
  assert.equal(code, 1);
});

test('a Trino that is starting is waited for, and what is no Trino is told from one', async () => {
  fake.infos = [{ starting: true }, { starting: false }];
  const lake = await startLake({ dir: temporaryFolder(), trino: { url: fake.url } });
  await lake.stop();
  fake.infos = [{ hello: 'world' }, { starting: false }];
  await assert.rejects(startLake({ dir: temporaryFolder(), trino: { url: fake.url } }), /is no Trino/);
});

test('a Trino whose port is still closed is waited for, and that is said', async () => {
  const before = await fakeTrino();
  before.stop();
  const said = mock.method(process.stderr, 'write', () => true);
  const starting = startLake({ dir: temporaryFolder(), trino: { url: before.url, waitMs: 5000 } });
  await sleep(300);
  const late = await fakeTrino(Number(new URL(before.url).port));
  const lake = await starting;
  said.mock.restore();
  assert.match(String(said.mock.calls[0]?.arguments[0]), /does not listen yet \(ECONNREFUSED\): waiting for it\n$/);
  assert.equal(said.mock.callCount(), 1);
  await lake.stop();
  late.stop();
});

test('with a Trino, DuckDB is not loaded', async () => {
  fake.play({ columns: [{ name: 'a', type: 'integer' }] });
  const tsx = import.meta.resolve('tsx');
  const { out, err } = await run('--import', tsx, STATEMENTS, temporaryFolder(), fake.url);
  assert.deepEqual(JSON.parse(out || '{}'), { states: ['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED'], duckdb: [] }, err);
});

test('the same without a Trino does load it', async () => {
  const tsx = import.meta.resolve('tsx');
  const { out, err } = await run('--import', tsx, STATEMENTS, temporaryFolder());
  assert.ok((JSON.parse(out || '{}') as { duckdb?: unknown[] }).duckdb?.length, err);
});
