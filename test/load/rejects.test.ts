import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FILES, PRODUCTS_CSV, salesCsv } from './shop.ts';
import { makeWorld, outcomeOf, type World } from './world.ts';

/** The forms of load.sql that rejects look through, on a real endpoint; the journey of verbs is in test/journeys. */

const SETTLED = `description: Sales with their product
owner: tests
format: parquet
location: { bucket: raw, path: shop/settled/ }
columns:
  - { name: sale_id, type: bigint, description: Number }
  - { name: product_name, type: string, description: Product }
  - { name: quantity, type: int, description: Units }
  - { name: sold_on, type: date, description: Day }
partitions:
  - { name: day, type: date, date: yyyy-MM-dd, description: Day }
load: { mode: partitions, start: "2024-01-01", rejects: { max_percent: 50 } }
checks:
  - not_null: sale_id
  - range: { column: quantity, min: 1, max: 100 }
  - row_count: { min: 3, max: 4 }
  - sql: no_soap
`;

const SETTLED_SQL = `WITH
  typed AS (
    SELECT
      TRY_CAST(s.sale_id AS bigint) AS sale_id,
      TRY_CAST(s.product_id AS integer) AS product_id,
      TRY_CAST(s.quantity AS integer) AS quantity, -- units
      CAST(TRY(date_parse(s.sold_on, '%Y-%m-%d')) AS date) AS sold_on,
      s.landing_day AS day
    FROM
      shop_landing.sales s
  )
SELECT
  t.sale_id,
  p.product_name,
  COALESCE(t.quantity, 1) AS quantity,
  t.sold_on,
  t.day
FROM
  typed t
  LEFT JOIN shop_raw.products p ON p.product_id = t.product_id
WHERE
  t.day BETWEEN :from AND :to
`;

const EVENTS = `description: Events
owner: tests
format: parquet
location: { bucket: raw, path: shop/events/ }
columns:
  - { name: amount, type: int, description: A }
partitions:
  - { name: day, type: string, date: yyyy-MM-dd, description: D }
load: { mode: files, rejects: { max_rows: 2 } }
`;

const made = (id: string): Record<string, string> => ({
  ...FILES(id),
  'pipeline/tables/shop_raw/settled/table.yaml': SETTLED,
  'pipeline/tables/shop_raw/settled/load.sql': SETTLED_SQL,
  'pipeline/tables/shop_raw/settled/checks/no_soap.sql':
    "SELECT x.sale_id FROM :table x WHERE x.product_name = 'Soap' AND x.quantity > 90",
  'pipeline/tables/shop_landing/events/table.yaml': `description: Events as dropped
owner: tests
format: csv
csv: { header: 1 }
location: { bucket: landing, path: shop/events/ }
columns:
  - { name: day, type: string, description: D }
  - { name: amount, type: string, description: A }
`,
  'pipeline/tables/shop_landing/visits/table.yaml': `description: Visits as dropped
owner: tests
format: json
location: { bucket: landing, path: shop/visits/ }
columns:
  - { name: id, type: bigint, description: I }
  - { name: tags, type: array<string>, description: T }
  - { name: who, type: "struct<name:string,age:string>", description: W }
  - { name: scores, type: "map<string,double>", description: S }
  - { name: paid, type: boolean, description: P }
  - { name: price, type: "decimal(10,2)", description: E }
  - { name: at, type: timestamp, description: A }
`,
  'pipeline/tables/shop_raw/visits/table.yaml': `description: Visits
owner: tests
format: parquet
location: { bucket: raw, path: shop/visits/ }
columns:
  - { name: small, type: tinyint, description: S }
  - { name: age, type: int, description: A }
  - { name: first, type: int, description: F }
load: { mode: replace, rejects: { max_rows: 2 } }
`,
  'pipeline/tables/shop_raw/visits/load.sql': `SELECT
  TRY_CAST(v.id AS tinyint) AS small,
  TRY_CAST(v.who.age AS integer) AS age,
  element_at(TRY_CAST(v.tags AS array(integer)), 1) AS first
FROM
  shop_landing.visits v
`,
  'pipeline/tables/shop_raw/events/table.yaml': EVENTS,
  'pipeline/tables/shop_raw/events/load.sql':
    'SELECT TRY_CAST(amount AS integer) AS amount, day FROM shop_landing.events',
});

let world: World;
before(async () => {
  world = await makeWorld('2025-03-24T00:00:00Z', made);
});
after(() => world.close());

const load = (table: string) => world.run({ tables: ['shop_raw.products', `shop_raw.${table}`] });
const dropEvents = (name: string, ...lines: string[]): Promise<void> =>
  world.drop(`shop/events/${name}.csv`, `day,amount\n${lines.join('\n')}\n`);

test('through WITH, a join, TRY and an answer to bad texts', async () => {
  await world.drop('shop/products/products.csv', PRODUCTS_CSV);
  const bad: Readonly<Record<number, string>> = {
    1: 'x,1,1,2025-03-20',
    3: '4,1,1,20.3.2025',
    4: '5,2,many,2025-03-20',
    5: '6,2,700,',
  };
  await world.drop(
    'shop/sales/2025-03-20/sales.csv',
    salesCsv('2025-03-20', 7, (index) => bad[index]),
  );
  const outcome = outcomeOf(await load('settled'), 'shop_raw.settled');
  assert.deepEqual([outcome.state, outcome.rows, outcome.rejected], ['done', 4, 3], world.said.join('\n'));
  assert.match(outcome.warnings.join(), /3 of 7 rows .*1 sold_on is no date \(s3:\S+sales\.csv:5 /);
  assert.deepEqual(
    await world.rows(
      "SELECT reject_reason, json_extract_scalar(reject_text, '$.sale_id') FROM shop_raw.settled_rejects ORDER BY 2",
    ),
    [
      ['sold_on is no date', '4'],
      ['check range_quantity', '6'],
      ['sale_id is no bigint', 'x'],
    ],
  );
  const [first] = await world.rows("SELECT quantity FROM shop_raw.settled WHERE sale_id = 5 AND product_name = 'Rice'");
  assert.deepEqual(first, ['1'], 'what COALESCE answers is no reject');
});

test('readers of the table see nothing of rejects, and no column of theirs', async () => {
  const [row] = await world.rows('SELECT * FROM shop_raw.settled WHERE sale_id = 5');
  assert.deepEqual(row, ['5', 'Rice', '1', '2025-03-20', '2025-03-20']);
  const [count] = await world.rows('SELECT count(*), count(DISTINCT day) FROM shop_raw.settled');
  assert.deepEqual(count, ['4', '1']);
});

test('other checks judge the accepted rows alone', async () => {
  const bad: Readonly<Record<number, string>> = { 0: 'x,1,1,2025-03-21', 1: 'y,1,1,2025-03-21' };
  const drop = (rows: number): Promise<void> =>
    world.drop(
      'shop/sales/2025-03-21/sales.csv',
      salesCsv('2025-03-21', rows, (index) => bad[index]),
    );
  await drop(4);
  const few = outcomeOf(await load('settled'), 'shop_raw.settled');
  assert.equal(few.state, 'failed');
  assert.match(few.errors[0]!.message, /check row_count in 2025-03-21: .* there are 2$/);
  await drop(5);
  const enough = outcomeOf(await load('settled'), 'shop_raw.settled');
  assert.deepEqual([enough.state, enough.rows, enough.rejected], ['done', 3, 2], world.said.join('\n'));
});

test('mode files: each partition has the rejects of the files that it is made of', async () => {
  await dropEvents('e1', '2025-03-01,1', '2025-03-01,one', '2025-03-02,2');
  await dropEvents('e2', '2025-03-01,3', '2025-03-02,two');
  const seen = (): Promise<readonly (readonly (string | null)[])[]> =>
    world.rows(
      "SELECT day, reject_reason, json_extract_scalar(reject_text, '$.amount') FROM shop_raw.events_rejects ORDER BY 1, 3",
    );
  const outcome = outcomeOf(await load('events'), 'shop_raw.events');
  assert.deepEqual([outcome.state, outcome.rows, outcome.rejected], ['done', 3, 2], world.said.join('\n'));
  const two = ['2025-03-02', 'amount is no int', 'two'];
  assert.deepEqual(await seen(), [['2025-03-01', 'amount is no int', 'one'], two]);
  await dropEvents('e1', '2025-03-01,1', '2025-03-02,2');
  await load('events');
  assert.deepEqual(await seen(), [two]);
  await dropEvents('e3', '2025-03-01,a', '2025-03-01,b', '2025-03-01,c', '2025-03-01,4');
  const over = outcomeOf(await load('events'), 'shop_raw.events');
  assert.equal(over.state, 'failed');
  assert.match(
    over.errors[0]!.message,
    /^s3:\S+\/e3\.csv: 3 of 6 rows in 2025-03-01 are rejected, at most 2 may be: 3 amount is no int/,
  );
  assert.deepEqual(await world.rows('SELECT sum(amount) FROM shop_raw.events'), [['6']]);
});

test('columns of every type are in the text of a row, and a number that does not fit is a bad one', async () => {
  const visit = (id: number, age: string, ...tags: string[]): string =>
    JSON.stringify({ id, tags, who: { name: 'Ann', age }, scores: { x: 0.5 }, paid: true, price: 1.5, at: AT });
  const lines = [visit(1, '20', '7'), visit(1000, '30', '8'), visit(2, 'old', '9'), visit(3, ' ', '')];
  await world.drop('shop/visits/1.json', `${lines.slice(0, 3).join('\n')}\n`);
  const outcome = outcomeOf(await load('visits'), 'shop_raw.visits');
  assert.deepEqual([outcome.state, outcome.rows, outcome.rejected], ['done', 1, 2], world.said.join('\n'));
  const rows = await world.rows('SELECT reject_reason, reject_text FROM shop_raw.visits_rejects ORDER BY 1');
  assert.deepEqual(
    rows.map((row) => row[0]),
    ['age is no int', 'small is no tinyint'],
  );
  const text = JSON.parse(rows[1]![1]!);
  assert.deepEqual(
    [text.id, text.tags, text.who, text.scores, text.paid, text.price, text.at.slice(0, 19)],
    ['1000', '["8"]', '{"name":"Ann","age":"30"}', '{"x":0.5}', 'true', '1.50', AT],
  );
  await world.drop('shop/visits/1.json', `${lines[0]}\n${lines[3]}\n`);
  const blank = outcomeOf(await load('visits'), 'shop_raw.visits');
  assert.deepEqual([blank.rows, blank.rejected], [1, 1], world.said.join('\n'));
  assert.match(blank.warnings.join(), /1 first is no int/);
});

test('fifty partitions with a bad row each are what one statement can write', async () => {
  const days = Array.from({ length: 51 }, (_, index) =>
    new Date(Date.UTC(2024, 8, 1 + index)).toISOString().slice(0, 10),
  );
  await Promise.all(
    days.map((day) =>
      world.drop(
        `shop/sales/${day}/sales.csv`,
        salesCsv(day, 4, (row) => (row === 1 ? 'x,1,1,' : undefined)),
      ),
    ),
  );
  const backfill = (to: string) => world.run({ tables: ['shop_raw.settled'], from: days[0]!, to });
  const fifty = outcomeOf(await backfill(days[49]!), 'shop_raw.settled');
  assert.deepEqual([fifty.state, fifty.published, fifty.rejected, fifty.loads.length], ['done', 50, 50, 1]);
  const [count] = await world.rows(
    "SELECT count(*), count(DISTINCT day) FROM shop_raw.settled_rejects WHERE day < DATE '2025-01-01'",
  );
  assert.deepEqual(count, ['50', '50']);
  const bad = salesCsv(days[45]!, 4, (row) => (row > 0 ? 'x,1,1,' : undefined));
  await world.drop(`shop/sales/${days[45]}/sales.csv`, bad);
  const more = outcomeOf(await backfill(days[50]!), 'shop_raw.settled');
  assert.deepEqual([more.state, more.published, more.rejected, more.loads.length], ['failed', 50, 50, 2]);
  assert.match(
    more.errors.map((each) => each.message).join(),
    /3 of 4 rows in 2024-10-16 are rejected, at most 50% may/,
  );
  assert.equal(more.warnings.filter((each) => /^1 of 4 rows in/.test(each)).length, 50);
});

const AT = '2025-03-20 10:11:12';

test('a rejects table that apply has not made yet is told', async () => {
  world.edit({
    'pipeline/tables/shop_raw/daily/table.yaml': made('x')['pipeline/tables/shop_raw/daily/table.yaml']!.replace(
      '"2024-01-01" }',
      '"2024-01-01", rejects: { max_rows: 1 } }',
    ),
  });
  const outcome = outcomeOf(await load('daily'), 'shop_raw.daily');
  assert.match(outcome.errors[0]!.message, /shop_raw\.daily_rejects is not in the catalog/);
});
