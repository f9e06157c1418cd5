import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { GetDatabasesCommand, GetPartitionsCommand, GetTablesCommand, GlueClient } from '@aws-sdk/client-glue';
import { DeleteObjectCommand, PutObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { parse } from 'yaml';
import { startWarmProcess, type WarmProcess } from './warm.ts';
import { makeWorkspace, type Run, runNode, type Workspace } from './workspace.ts';

interface Case {
  readonly name: string;
  readonly change?: Readonly<Record<string, readonly [string, string] | string | null>>;
  readonly landing?: Readonly<Record<string, string>>;
  readonly verb: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | null>>;
  readonly tells: readonly string[];
  readonly cure: string;
  readonly loads?: boolean;
  readonly leaves?: boolean;
}

const ROOT = join(import.meta.dirname, '../..');
const CASES = parse(await readFile(join(import.meta.dirname, 'bad-input.yaml'), 'utf8')) as readonly Case[];
/** Verbs that tell a mistake and its cure in one line. */
const ONE_LINE = new Set(['validate', 'lake']);
const STACK = /\n\s+at .*:\d+:\d+/;
const PROD = `  prod:
    account: "111122223333"
    region: eu-west-1
    buckets: { landing: weir-p-landing, raw: weir-p-raw, results: weir-p-results }
    workgroups: { query: weir-query, load: weir-load }
`;

let shop: Workspace;
let glue: GlueClient;
let s3: S3Client;
let busy: Server;
let verbs: WarmProcess;
let temporary: string;
let words: Readonly<Record<string, string>>;

before(async () => {
  shop = await makeWorkspace();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const config = { endpoint: shop.endpoint, region: 'us-east-1', credentials };
  glue = new GlueClient(config);
  s3 = new S3Client({ ...config, forcePathStyle: true });
  await shop.write('lake.yaml', (await shop.read('lake.yaml')).replace('databases:', `${PROD}databases:`));
  busy = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => busy.once('listening', resolve));
  temporary = await temporaryFolder();
  verbs = startWarmProcess(surroundings());
  const file = join(shop.dir, 'a file');
  await writeFile(file, '');
  // Port 1 is tcpmux, which nobody serves.
  const lake = join(shop.dir, 'a lake');
  words = {
    $FILE: file,
    $LAKE: lake,
    $CLOSED: 'http://127.0.0.1:1',
    $BUSY: String((busy.address() as AddressInfo).port),
  };
});
after(async () => {
  glue.destroy();
  s3.destroy();
  busy.close();
  verbs.stop();
  await shop.close();
});

test('nothing was dropped yet: the whole table is an error, and nothing is published', async () => {
  assert.equal((await shop.run('apply')).code, 0);
  const before = await catalog();
  const run = await shop.run('load');
  assert.equal(run.code, 1);
  assert.match(run.stdout, /products: failed\n.*no source: nothing in .*landing bucket, shop\/products\//);
  assert.match(run.stdout, /cure: have the files dropped there/);
  assert.deepEqual(await catalog(), before);
  await drop('shop/products/products.csv', 'product_id,product_name,price\n1,"Tea, green",2.50\n');
  await drop('shop/sales/2025-03-01/sales.csv', 'sale_id,product_id,quantity,sold_on\n1,1,2,2025-03-01\n');
  const loaded = await shop.run('load');
  assert.equal(loaded.code, 0, loaded.stdout + loaded.stderr);
});

// Loads of one table wait for each other; all else runs beside them.
describe('bad input', { concurrency: 2 }, () => {
  describe('that gets as far as a load', { concurrency: 1 }, () => runCases(CASES.filter((each) => each.loads)));
  describe('that ends before', { concurrency: 2 }, () => runCases(CASES.filter((each) => !each.loads)));
});

test('no temporary file is left', async () => {
  assert.deepEqual(
    (await readdir(temporary)).filter((name) => !name.startsWith('tsx-')),
    [],
  );
});

function runCases(cases: readonly Case[]): void {
  assert.ok(cases.length > 0);
  for (const each of cases) test(each.name, () => runCase(each));
}

async function runCase(each: Case): Promise<void> {
  const dir = join(shop.dir, `case ${CASES.indexOf(each)}`);
  await cp(join(shop.dir, 'pipeline'), join(dir, 'pipeline'), { recursive: true });
  for (const [path, change] of Object.entries(each.change ?? {})) await makeChange(join(dir, 'pipeline', path), change);
  for (const [key, body] of Object.entries(each.landing ?? {})) await drop(key, body);
  try {
    await assertRefused(each, dir);
  } finally {
    for (const key of Object.keys(each.landing ?? {})) await drop(key, undefined);
  }
}

async function assertRefused(each: Case, dir: string): Promise<void> {
  const [here, entries, objects] = [await filesIn(dir), await catalog(each.loads), await written()];
  const run = await start(each, dir);
  const said = run.stdout + run.stderr;
  assert.equal(run.code, 1, said);
  assert.doesNotMatch(said, STACK);
  assert.doesNotMatch(said, /fault of Weir itself/);
  for (const tells of each.tells) assert.match(said, new RegExp(tells, 'm'));
  assert.match(said, new RegExp(ONE_LINE.has(each.verb) ? each.cure : `^ *cure: .*${each.cure}`, 'm'));
  assert.deepEqual(await filesIn(dir), here);
  assert.deepEqual(await catalog(each.loads), entries);
  await assertPublished(objects, each);
}

async function makeChange(path: string, change: readonly [string, string] | string | null): Promise<void> {
  if (change === null) return rm(path);
  if (typeof change === 'string') {
    await mkdir(join(path, '..'), { recursive: true });
    return writeFile(path, change);
  }
  const [wanted, instead] = change;
  const text = await readFile(path, 'utf8');
  assert.ok(text.includes(wanted), `${path} has no ${wanted}`);
  await writeFile(path, text.replace(wanted, instead));
}

/** A lake, and a verb in surroundings of its own, is a process; other verbs share one. */
function start({ verb, args = [], env }: Case, dir: string): Promise<Run> {
  const fill = (text: string): string => text.replace(/\$[A-Z]+/g, (word) => words[word] ?? word);
  const script = join(ROOT, verb === 'lake' ? 'lake/src/cli.ts' : `scripts/${verb}.ts`);
  const filled = args.map(fill);
  if (env === undefined && verb !== 'lake') return verbs.run({ dir, script, args: filled });
  const own = Object.entries(env ?? {}).map(([name, value]) => [name, value === null ? undefined : fill(value)]);
  return runNode([script, ...filled], dir, { ...surroundings(), ...Object.fromEntries(own) });
}

function surroundings(): NodeJS.ProcessEnv {
  const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  return { ...process.env, ...keys, AWS_ENDPOINT_URL: shop.endpoint, NO_COLOR: '1', TMPDIR: temporary };
}

/** A place for temporary files that can be looked at; what tsx compiled before is found there too. */
async function temporaryFolder(): Promise<string> {
  const dir = join(shop.dir, 'temporary');
  const cache = `tsx-${process.getuid?.() ?? 0}`;
  await mkdir(dir);
  await mkdir(join(tmpdir(), cache), { recursive: true });
  await symlink(join(tmpdir(), cache), join(dir, cache));
  return dir;
}

/** Every database, table and partition of the workspace; those of loads under way only where no other case loads. */
async function catalog(staging = false): Promise<unknown> {
  const { DatabaseList = [] } = await glue.send(new GetDatabasesCommand({}));
  const names = DatabaseList.map((each) => each.Name!).filter(
    (name) => name.startsWith(shop.prefix) && (staging || !name.endsWith('weir_staging')),
  );
  return Promise.all(
    names.map(async (DatabaseName) => {
      const { TableList = [] } = await glue.send(new GetTablesCommand({ DatabaseName }));
      const partitions = TableList.map((table) =>
        glue.send(new GetPartitionsCommand({ DatabaseName, TableName: table.Name! })),
      );
      return { DatabaseName, TableList, partitions: (await Promise.all(partitions)).map((page) => page.Partitions) };
    }),
  );
}

/** What loads have written: key -> ETag. The control files tell of tries too. */
async function written(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: shop.buckets.raw })) {
    for (const { Key, ETag } of page.Contents ?? []) if (!Key!.startsWith('weir-control/')) found.set(Key!, ETag!);
  }
  return found;
}

async function assertPublished(before: ReadonlyMap<string, string>, { loads, leaves }: Case): Promise<void> {
  const now = await written();
  for (const [key, etag] of before) assert.equal(now.get(key), etag, key);
  if (loads && !leaves) assert.deepEqual([...now.keys()], [...before.keys()]);
}

async function filesIn(dir: string): Promise<readonly string[]> {
  return (await readdir(dir, { recursive: true })).sort();
}

async function drop(Key: string, Body: string | undefined): Promise<void> {
  const Bucket = shop.buckets.landing;
  if (Body === undefined) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  else await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
}
