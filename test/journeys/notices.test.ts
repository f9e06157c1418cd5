import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { makeWorkspace, type Run, type Workspace } from './workspace.ts';

// A lake with a topic, by its verbs, on whatever endpoint AWS_ENDPOINT_URL says. What was published can be looked at on the
// local lake alone; elsewhere it is seen that the topic is there and that no notice was refused.

const REMOTE = process.env.AWS_ENDPOINT_URL !== undefined;
let shop: Workspace;
let topic: string;
before(async () => {
  process.env.AWS_ACCESS_KEY_ID ??= 'test';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'test';
  shop = await makeWorkspace();
  topic = `weir-${shop.prefix.replace('_', '')}-loads`;
  const lake = await shop.read('lake.yaml');
  const prod = `  prod:
    account: "111122223333"
    region: us-east-1
    prefix: prod_
    buckets: { landing: p-landing, raw: p-raw, results: p-results }
    workgroups: { query: p-query, load: p-load }
    topic: arn:aws:sns:us-east-1:111122223333:loads
`;
  const local = lake.replace('region: us-east-1', `$&\n    topic: ${topic}`);
  // One table is enough.
  for (const path of ['views', 'tables/shop_raw/sales', 'tables/shop_landing/sales']) await shop.remove(path);
  await shop.write('lake.yaml', local.replace('databases:', `${prod}databases:`));
  assert.equal((await shop.run('apply')).code, 0);
  const s3 = new S3Client({ ...settings(), forcePathStyle: true });
  const Body = 'product_id,product_name,price\n1,Tea,2.50\n';
  await s3.send(new PutObjectCommand({ Bucket: shop.buckets.landing, Key: 'shop/products/products.csv', Body }));
  s3.destroy();
});
after(() => shop.close());

const settings = () => ({
  endpoint: shop.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

type Told = Readonly<Record<string, unknown>>;

/** What was published since the last look. */
let seen = 0;
async function told(): Promise<readonly Told[]> {
  const answer = await fetch(new URL(`/_lake/notices?topic=${topic}`, shop.endpoint));
  const all = (await answer.json()) as readonly { message: string; subject: string }[];
  const fresh = all.slice(seen);
  seen = all.length;
  return fresh.map(({ message, subject }) => ({ ...(JSON.parse(message) as Told), subject }));
}

const unsent = (ran: Run): boolean => /notice could not be sent/.test(ran.stdout + ran.stderr);

test('loads are told, once each; what is not due, or refused for its flags, is not', async () => {
  const loaded = await shop.run('load');
  assert.equal(loaded.code, 0, loaded.stdout + loaded.stderr);
  assert.ok(!unsent(loaded), loaded.stdout);
  assert.equal((await shop.run('load')).code, 0);
  await shop.run('load', '--dry-run', '--table', 'shop_raw.products', '--from', '2025-03-01');
  assert.equal((await shop.run('load', '--from', '2025-02-30')).code, 1);
  assert.equal((await shop.run('load', '--backfill', 'nothing')).code, 1);
  if (REMOTE) return;
  const notices = await told();
  const said = notices.map(({ state, table, subject }) => [state, table, subject]);
  const table = 'shop_raw.products';
  assert.deepEqual(said, [['loaded', table, `Weir local, loaded: ${table} (1 partition)`]]);
});

test('the topic is one of the endpoint', async () => {
  const client = new SNSClient(settings());
  const { TopicArn } = await client.send(new CreateTopicCommand({ Name: topic }));
  client.destroy();
  assert.match(TopicArn!, new RegExp(`^arn:aws:sns:us-east-1:\\d{12}:${topic}$`));
});

test('a table whose definition is at fault, and a run that cannot begin, are told', async () => {
  const path = 'tables/shop_raw/products/load.sql';
  const sql = await shop.read(path);
  await shop.write(path, sql.replace('shop_landing.', 'shop_nowhere.'));
  const ran = await shop.run('load');
  assert.equal(ran.code, 1);
  assert.ok(!unsent(ran), ran.stdout);
  await shop.write(path, sql);
  const lost = await shop.run('load', '--table', 'shop_raw.nothing');
  assert.equal(lost.code, 1);
  if (REMOTE) return;
  const notices = await told();
  const states = notices.map(({ state, table }) => `${state} ${table}`);
  assert.ok(states.includes('failed shop_raw.products'), states.join('\n'));
  const last = notices.at(-1)!;
  assert.deepEqual([last.state, last.table, last.subject], ['failed', undefined, 'Weir local, failed: the run']);
  assert.match(JSON.stringify(last.errors), /shop_raw\.nothing/);
});

test('credentials of another account are told as far as the topic lets them', async () => {
  const ran = await shop.run('load', '--env', 'prod');
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /the credentials are for account/);
  assert.match(ran.stderr, /warning: a notice could not be sent.*sns:Publish/);
});
