import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { makeWorkspace, type Run, runNode, type Workspace } from './workspace.ts';

// What a job with AWS rights has: `npm ci --omit=dev --workspaces=false`. No lake/, no DuckDB, no TypeScript, no biome. The
// packages that the lock gives such an install are put in their places as links, and Node is told not to look behind them,
// so that a package finds what stands beside the link and nothing else.

const ROOT = join(import.meta.dirname, '../..');
/** What a clone has without lake/ and test/, as far as the verbs read it. */
const REPOSITORY = ['package.json', 'package-lock.json', 'tsconfig.json', 'scripts', 'schemas'];

let shop: Workspace;
let home: string;

before(async () => {
  shop = await makeWorkspace();
  home = join(await mkdtemp(join(tmpdir(), 'weir-without-')), 'a clone');
  await mkdir(home);
  for (const path of REPOSITORY) await cp(join(ROOT, path), join(home, path), { recursive: true });
  await cp(join(shop.dir, 'pipeline'), join(home, 'pipeline'), { recursive: true });
  for (const path of await packagesWithoutDev()) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await symlink(join(ROOT, path), join(home, path), 'junction');
  }
});
after(async () => {
  await shop.close();
  await rm(dirname(home), { recursive: true, force: true });
});

test('neither the lake nor anything that only it or the tests need is there', async () => {
  assert.equal(existsSync(join(home, 'lake')), false);
  const there = await readdir(join(home, 'node_modules'));
  for (const name of ['@aws-sdk', 'tsx', 'yaml', 'dt-sql-parser']) assert.ok(there.includes(name), name);
  for (const name of ['weir-lake', '@duckdb', 'typescript', '@biomejs', 'fast-check', 'fast-xml-parser']) {
    assert.equal(there.includes(name), false, name);
  }
});

test('the verbs find no lake: validate says that it compiles nothing, a verb on the environment local what to do', async () => {
  const [validated, queried] = await Promise.all([
    run('validate'),
    run('query', ['SELECT 1'], { AWS_ENDPOINT_URL: undefined }),
  ]);
  assert.equal(validated.code, 0, validated.stdout + validated.stderr);
  assert.match(validated.stdout, /^0 errors, 0 warnings .*SELECTs not compiled: the local lake is not installed/m);
  assert.equal(queried.code, 1);
  assert.match(queried.stderr, /^error: the local lake is not installed\n {2}cure: .*set AWS_ENDPOINT_URL/);
});

test('plan, apply, load and query run against an endpoint', async () => {
  assert.equal((await run('plan', ['--check'])).code, 2);
  done(await run('apply'));
  await drop('shop/products/products.csv', 'product_id,product_name,price\n1,"Tea, green",2.50\n');
  await drop('shop/sales/2025-03-01/sales.csv', 'sale_id,product_id,quantity,sold_on\n1,1,2,2025-03-01\n');
  done(await run('load'));
  const [query, plan] = await Promise.all([
    run('query', ['SELECT product_name, amount FROM shop_serving.vw_sales', '--csv']),
    run('plan', ['--check']),
  ]);
  done(query);
  assert.equal(query.stdout, 'product_name,amount\r\n"Tea, green",5.00\r\n');
  done(plan);
});

interface LockedPackage {
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The places in node_modules that an install without dev packages and workspaces fills. */
async function packagesWithoutDev(): Promise<readonly string[]> {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  const found = new Set<string>();
  const need = (from: string, name: string): void => {
    const path = placesOf(from, name).find((place) => lock.packages[place] !== undefined);
    if (path === undefined || found.has(path)) return;
    const { dev, link, dependencies, optionalDependencies } = lock.packages[path]!;
    assert.ok(!dev && !link, `${path}, which ${from || 'package.json'} needs, is for development only`);
    found.add(path);
    for (const each of Object.keys({ ...dependencies, ...optionalDependencies })) need(path, each);
  };
  for (const name of Object.keys(lock.packages['']?.dependencies ?? {})) need('', name);
  // What stands inside a package comes with it; what another platform needs is not installed.
  return [...found].filter((path) => path.lastIndexOf('node_modules/') === 0 && existsSync(join(ROOT, path)));
}

/** Where a package looks for another, nearest first. */
function placesOf(from: string, name: string): readonly string[] {
  const above = from.split('/node_modules/').map((_, depth, parts) => parts.slice(0, depth + 1).join('/node_modules/'));
  return [
    ...above.toReversed().flatMap((each) => (each === '' ? [] : [`${each}/node_modules/${name}`])),
    `node_modules/${name}`,
  ];
}

function run(verb: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const surroundings = { ...process.env, AWS_ENDPOINT_URL: shop.endpoint, NO_COLOR: '1', ...env };
  const tsx = join(home, 'node_modules/tsx/dist/loader.mjs');
  const flags = ['--preserve-symlinks', '--preserve-symlinks-main'];
  return runNode([...flags, join(home, `scripts/${verb}.ts`), ...args], home, surroundings, tsx);
}

function done(run: Run): void {
  assert.equal(run.code, 0, `${run.stdout}\n${run.stderr}`);
}

async function drop(Key: string, Body: string): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const s3 = new S3Client({ endpoint: shop.endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  await s3.send(new PutObjectCommand({ Bucket: shop.buckets.landing, Key, Body }));
  s3.destroy();
}
