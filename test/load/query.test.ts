import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { query, statisticsLine } from '../../scripts/commands/query.ts';
import { UserError } from '../../scripts/core/model/exit.ts';
import { PRODUCTS_CSV } from './shop.ts';
import { makeWorld, type World } from './world.ts';

let world: World;
before(async () => {
  world = await makeWorld();
  world.edit({
    'pipeline/queries/products.sql':
      '-- Products by number\nSELECT product_id, product_name FROM shop_raw.products ORDER BY 1\n',
    'pipeline/queries/broken.sql': '-- Broken\nSELECT\n  product_id\nFROM\n  shop_raw.nothing\n',
  });
  await world.drop('shop/products/products.csv', PRODUCTS_CSV);
  await world.run({ tables: ['products'] });
});
after(() => world.close());

const ask = (sql: string, limit?: number): ReturnType<typeof query> =>
  query({ ...world.open, definitions: world.definitions, signal: new AbortController().signal }, sql, limit);

const refused = async (sql: string): Promise<UserError> => {
  const error = await ask(sql).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof UserError, String(error));
  return error;
};

test('a saved query by its name, databases named as the environment has them', async () => {
  const answer = await ask('products', 2);
  assert.deepEqual(answer.rows, [
    ['1', 'Tea, green'],
    ['2', 'Rice'],
  ]);
  assert.equal(answer.more, true);
  assert.ok(answer.statistics.bytesScanned > 0);
  assert.match(statisticsLine(answer), /^the first 2 rows, \d+ B scanned, about \$0\.000050, /);
});

test('SQL as it is given', async () => {
  const answer = await ask('SELECT count(*) AS n FROM shop_raw.products;');
  assert.deepEqual([answer.columns.map((column) => column.name), answer.rows, answer.more], [['n'], [['3']], false]);
});

test('what Athena refuses is told with the line, a caret and its error name', async () => {
  const error = await refused('SELECT product_id,\n  nope\nFROM shop_raw.products');
  assert.equal(error.where, 'query:2:3');
  assert.match(error.message, /COLUMN_NOT_FOUND/);
  assert.match(error.message, /\n {2}2 \| {3}nope\n {4}\| {3}\^$/);
  const saved = await refused('broken');
  assert.equal(saved.where, 'pipeline/queries/broken.sql:5:3');
  assert.match(saved.message, /TABLE_NOT_FOUND/);
});

test('what cannot be read, or would change something, is not sent', async () => {
  assert.match((await refused('SELECT 1 FROM')).message, /\n {2}1 \| SELECT 1 FROM\n {4}\| {14}\^/);
  for (const sql of [
    'DROP TABLE shop_raw.products',
    'INSERT INTO shop_raw.products SELECT 1, 2',
    'SELECT 1; SELECT 2',
    ' ',
    '-- x',
  ]) {
    await refused(sql);
  }
  assert.match((await refused('product')).cure, /saved queries: broken, products/);
});
