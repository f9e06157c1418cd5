import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeWorkspace, type Workspace } from '../journeys/workspace.ts';
import { type Ran, runHere } from './verbs.ts';

// Secrets in the environment and in the event, for every verb, where all goes well and where it does not: nothing that is
// printed or written anywhere (plan, comment, summary, snapshot, catalog, objects, query history) holds any of them.

const SECRETS: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: 'AKIAPLANTEDKEY000001',
  AWS_SECRET_ACCESS_KEY: 'plantedSecretKey/0000000000000000000002',
  AWS_SESSION_TOKEN: 'plantedSessionToken//////////0000000003==',
  GITHUB_TOKEN: 'ghs_plantedToken0000000000000000000000004',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'eyJplanted.requestToken.00000000000005',
  ACTIONS_RUNTIME_TOKEN: 'eyJplanted.runtimeToken.000000000000006',
  WEIR_WEBHOOK_URL: 'https://hooks.invalid/services/plantedWebhook0007',
  SLACK_WEBHOOK_URL: 'https://hooks.invalid/services/plantedWebhook0008',
};
/** In full by test/faults; `npm test` has two of the calls refused. */
const ALL = process.env.WEIR_SECRETS === 'all';

const EVENT_SECRET = 'plantedInTheEvent0000000000000009';

let shop: Workspace;
let github: Server;
let echo: Server;
const comments: string[] = [];
before(async () => {
  shop = await makeWorkspace();
  await shop.write(
    'lake.yaml',
    (await shop.read('lake.yaml')).replace('region: us-east-1', '$&\n    topic: weir-secrets'),
  );
  github = await serve(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    comments.push(body);
    response.setHeader('content-type', 'application/json');
    response.statusCode = request.url?.includes('/repos/o/denied/') ? 401 : 200;
    const refused = { message: `Bad credentials: ${request.headers.authorization}` };
    response.end(JSON.stringify(response.statusCode === 401 ? refused : request.method === 'GET' ? [] : { id: 1 }));
  });
  // AWS answers a signature that does not match with the whole canonical request in its message, session token and all.
  echo = await serve(async (request, response) => {
    const told = Object.entries(request.headers).map(([name, value]) => `${name}:${value}`);
    const message = `The Canonical String for this request should have been 'POST\n/\n\n${told.join('\n')}'`;
    const isJson = request.headers['x-amz-target'] !== undefined;
    response.statusCode = request.method === 'HEAD' ? 200 : 403;
    response.setHeader('content-type', isJson ? 'application/x-amz-json-1.1' : 'application/xml');
    const xml = `<Error><Code>SignatureDoesNotMatch</Code><Message>${message.replaceAll('<', '')}</Message></Error>`;
    response.end(isJson ? JSON.stringify({ __type: 'InvalidSignatureException', message }) : xml);
  });
  await writeFile(join(shop.dir, 'event.json'), JSON.stringify({ client_payload: { token: EVENT_SECRET } }));
});
after(async () => {
  github.close();
  echo.close();
  await shop.close();
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Promise<Server> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}

const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Runs a verb as a workflow would, and looks at what it says. */
async function run(verb: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const actions = {
    GITHUB_ACTIONS: 'true',
    GITHUB_STEP_SUMMARY: join(shop.dir, 'summary.md'),
    GITHUB_EVENT_PATH: join(shop.dir, 'event.json'),
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_API_URL: addressOf(github),
    NO_PROXY: '*',
  };
  await writeFile(join(shop.dir, 'summary.md'), '', { flag: 'a' });
  const surroundings = { AWS_ENDPOINT_URL: shop.endpoint, ...SECRETS, ...actions, ...env };
  const ran = await runHere(verb, args, { dir: shop.dir, env: surroundings });
  holdsNone(ran.output, `${verb} ${args.join(' ')}`);
  return ran;
}

function holdsNone(text: string, where: string): void {
  const spelled = [...Object.values(SECRETS), EVENT_SECRET].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ]);
  const found = spelled.find((secret) => text.includes(secret));
  assert.equal(found, undefined, `${where} tells ${found}:\n${text.slice(0, 2_000)}`);
}

async function writtenFiles(): Promise<number> {
  const files = (await readdir(shop.dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  for (const entry of files) {
    const path = join(entry.parentPath, entry.name);
    // The event itself was made by the test.
    if (entry.name !== 'event.json') holdsNone(await readFile(path, 'latin1'), path);
  }
  return files.length;
}

const done = (ran: Ran): Ran => {
  assert.ok(ran.code === 0, ran.output);
  return ran;
};

test('where all goes well', async () => {
  done(await run('validate', ['--no-compile']));
  const files = ['--out', 'out/plan.json', '--markdown', 'out/plan.md', '--summary', 'out/summary.md'];
  done(await run('plan', files));
  done(await run('apply', ['--plan', 'out/plan.json']));
  await drop('shop/products/products.csv', 'product_id,product_name,price\n1,Tea,2.50\n');
  await drop('shop/sales/2025-03-01/sales.csv', 'sale_id,product_id,quantity,sold_on\n1,1,2,2025-03-01\n');
  done(await run('load', ['--dry-run']));
  done(await run('load', []));
  await drop('shop/products/products.csv', 'product_id,product_name,price\n1,Tea,3.50\n');
  done(await run('load', ['--json']));
  done(await run('status', []));
  done(await run('status', ['shop_raw.products', 'all']));
  done(await run('rollback', ['--table', 'shop_raw.products']));
  done(await run('rollback', ['--table', 'shop_raw.products', '--release']));
  done(await run('gc', ['--delete']));
  done(await run('query', ['SELECT 1 AS x']));
  done(await run('snapshot', ['--out', 'out/catalog']));
  done(await run('plan', ['--against', 'snapshot', '--snapshot', 'out/catalog']));
  done(await run('comment', ['--body', 'out/plan.md', '--pull-request', '7']));
  assert.ok(
    comments.some((body) => body.includes('weir-plan:local')),
    'there was a comment',
  );
  assert.ok((await readFile(join(shop.dir, 'summary.md'), 'utf8')).includes('shop_raw'), 'there was a summary');
  for (const body of comments) holdsNone(body, 'a comment');
  assert.ok((await writtenFiles()) > 40);
});

async function drop(key: string, text: string): Promise<void> {
  const url = new URL(`/${shop.buckets.landing}/${key}`, shop.endpoint);
  const answer = await fetch(url, { method: 'PUT', body: text });
  assert.equal(answer.status, 200, await answer.text());
}

describe('where something is wrong', () => {
  const verbs: readonly (readonly [verb: string, ...args: string[]])[] = [
    ['plan'],
    ['apply'],
    ['load'],
    ['load', '--table', 'shop_raw.sales', '--from', '2025-03-01', '--to', '2025-03-01'],
    ['status'],
    ['rollback', '--table', 'shop_raw.products'],
    ['gc'],
    ['query', 'SELECT 1'],
    ['snapshot', '--out', 'out/other'],
  ];
  const surroundings: readonly (readonly [
    name: string,
    env: () => Readonly<Record<string, string>>,
    more?: readonly string[],
  ])[] = [
    ['nobody listens', () => ({ AWS_ENDPOINT_URL: 'http://127.0.0.1:9' })],
    ['the signature is refused, in many words', () => ({ AWS_ENDPOINT_URL: addressOf(echo) })],
    ['the address is none', () => ({ AWS_ENDPOINT_URL: 'not an address' })],
    ['the environment is not known', () => ({}), ['--env', 'nope']],
    ['a flag is not known', () => ({}), ['--nope']],
    ['there is no pipeline', () => ({}), ['--dir', 'out']],
  ];
  for (const [name, env, more = []] of surroundings) {
    test(name, async () => {
      for (const [verb, ...args] of verbs) {
        const ran = await run(verb, [...args, ...more], env());
        assert.equal(ran.code, 1, `${verb}: ${ran.output}`);
        assert.doesNotMatch(ran.output, /fault of Weir/, `${verb}: ${ran.output}`);
      }
    });
  }

  test('every call of a verb is refused, one after the other', async () => {
    for (const [service, operation] of REFUSED.filter((_, at) => ALL || at % 5 === 0)) {
      const fault = { service, operation, times: 1000, error: 'AccessDeniedException', status: 400 };
      await fetch(new URL('/_lake/faults', shop.endpoint), { method: 'POST', body: JSON.stringify(fault) });
      for (const [verb, ...args] of verbs) {
        const ran = await run(verb, args);
        assert.doesNotMatch(ran.output, /fault of Weir/, `${operation} ${verb}: ${ran.output}`);
      }
      await fetch(new URL('/_lake/faults', shop.endpoint), { method: 'DELETE' });
    }
  });

  test('the comment is refused', async () => {
    const ran = await run('comment', ['--body', 'out/plan.md', '--pull-request', '7'], {
      GITHUB_REPOSITORY: 'o/denied',
    });
    assert.equal(ran.code, 1, ran.output);
  });

  test('and no file has any of them', async () => assert.ok((await writtenFiles()) > 40));
});

const REFUSED = [
  ['athena', 'StartQueryExecution'],
  ['sns', 'Publish'],
  ['athena', 'GetQueryExecution'],
  ['glue', 'GetTable'],
  ['glue', 'GetDatabases'],
  ['glue', 'GetPartitions'],
  ['s3', 'GetObject'],
  ['s3', 'PutObject'],
  ['s3', 'ListObjectsV2'],
] as const;
