import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FILES } from './shop.ts';
import { makeWorld, outcomeOf, type World } from './world.ts';

// A load reaches what is made of it: over two levels, through views, from whole tables to whole tables; and a failure reaches
// just these.
//   land.days -> base -> (view) middle -> top        land.names -> names -> (view) joined with middle: report (whole)
//   land.days -> alone

const table = (path: string, columns: string, more: string): string => `description: D
owner: tests
format: parquet
location: { bucket: raw, path: ${path}/ }
columns: ${columns}
${more}
`;
const NUMBER = '[{ name: number, type: int, description: N }]';
const DAY =
  'partitions: [{ name: day, type: string, date: yyyy-MM-dd, description: D }]\nload: { mode: partitions, start: "2025-03-01" }';
const DAILY = (from: string, day = 'day'): string =>
  `SELECT number, day FROM shop_raw.${from} WHERE ${day} BETWEEN CAST(:from AS varchar) AND CAST(:to AS varchar)`;

function files(id: string): Record<string, string> {
  const landing = (path: string): string => `description: D
owner: tests
format: csv
csv: { header: 1 }
location: { bucket: landing, path: ${path}/ }
`;
  const raw = 'pipeline/tables/shop_raw';
  const first =
    "SELECT TRY_CAST(number AS integer) AS number, date_format(landed, '%Y-%m-%d') AS day FROM shop_landing.days WHERE landed BETWEEN :from AND :to";
  return {
    'pipeline/lake.yaml': FILES(id)['pipeline/lake.yaml']!,
    'pipeline/tables/shop_landing/days/table.yaml': `${landing('days')}columns: [{ name: number, type: string, description: N }]
partitions: [{ name: landed, type: date, date: yyyy-MM-dd, description: D }]
projection: { columns: { landed: { type: date, from: "2024-01-01", to: NOW } }, template: "\${landed}/" }
`,
    'pipeline/tables/shop_landing/names/table.yaml': `${landing('names')}columns: [{ name: number, type: string, description: N }, { name: word, type: string, description: W }]\n`,
    [`${raw}/base/table.yaml`]: table(
      'base',
      NUMBER,
      `${DAY}\nchecks: [{ range: { column: number, min: 1, max: 100 } }]`,
    ),
    [`${raw}/base/load.sql`]: first,
    [`${raw}/alone/table.yaml`]: table('alone', NUMBER, DAY),
    [`${raw}/alone/load.sql`]: first,
    'pipeline/views/shop_raw/vw_base/view.yaml':
      'description: D\nowner: tests\ncolumns: [{ name: number, type: integer, description: N }, { name: day, type: varchar, description: D }]\n',
    'pipeline/views/shop_raw/vw_base/view.sql': 'SELECT number, day FROM shop_raw.base',
    [`${raw}/middle/table.yaml`]: table('middle', NUMBER, DAY),
    [`${raw}/middle/load.sql`]: DAILY('vw_base'),
    [`${raw}/top/table.yaml`]: table('top', NUMBER, DAY),
    [`${raw}/top/load.sql`]: DAILY('middle'),
    [`${raw}/names/table.yaml`]: table(
      'names',
      '[{ name: number, type: int, description: N }, { name: word, type: string, description: W }]',
      'load: { mode: replace }',
    ),
    [`${raw}/names/load.sql`]: 'SELECT TRY_CAST(number AS integer) AS number, word FROM shop_landing.names',
    'pipeline/views/shop_raw/vw_named/view.yaml':
      'description: D\nowner: tests\ncolumns: [{ name: word, type: varchar, description: W }]\n',
    'pipeline/views/shop_raw/vw_named/view.sql':
      'SELECT n.word FROM shop_raw.middle m JOIN shop_raw.names n ON n.number = m.number',
    [`${raw}/report/table.yaml`]: table(
      'report',
      '[{ name: word, type: string, description: W }, { name: times, type: bigint, description: T }]',
      'load: { mode: replace }',
    ),
    [`${raw}/report/load.sql`]: 'SELECT word, count(*) AS times FROM shop_raw.vw_named GROUP BY word',
    [`${raw}/again/table.yaml`]: table(
      'again',
      '[{ name: words, type: bigint, description: W }]',
      'load: { mode: replace }',
    ),
    [`${raw}/again/load.sql`]: 'SELECT count(*) AS words FROM shop_raw.names',
  };
}

let world: World;
before(async () => {
  world = await makeWorld('2025-03-04T07:00:00Z', files);
  for (const { name, sql } of world.definitions.views) {
    const text = sql.replaceAll('shop_raw.', `${world.prefix}shop_raw.`);
    await world.rows(`CREATE VIEW ${world.prefix}shop_raw.${name} AS ${text}`);
  }
  for (const day of ['01', '02', '03']) await drop(day, '1');
  await names('1,one');
});
after(() => world.close());

const drop = (day: string, number: string): Promise<void> =>
  world.drop(`days/2025-03-${day}/x.csv`, `number\n${number}\n`);
const names = (line: string): Promise<void> => world.drop('names/x.csv', `number,word\n${line}\n`);

/** What a run did of each table: its state, and how many partitions it published. */
async function load(): Promise<Record<string, string>> {
  const { tables } = await world.run();
  return Object.fromEntries(
    tables.map(({ table: name, state, published }) => [name.replace('shop_raw.', ''), `${state} ${published}`]),
  );
}

const NOTHING = Object.fromEntries(
  ['again', 'alone', 'base', 'middle', 'names', 'report', 'top'].map((name) => [name, 'nothing 0']),
);

test('all of it, once', async () => {
  const days = { alone: 'done 3', base: 'done 3', middle: 'done 3', top: 'done 3' };
  assert.deepEqual(await load(), { ...NOTHING, ...days, names: 'done 1', report: 'done 1', again: 'done 1' });
  assert.deepEqual(await load(), NOTHING);
  assert.deepEqual(await world.rows('SELECT word, times FROM shop_raw.report'), [['one', '3']]);
});

test('a corrected day reaches what is made of it, two levels and a view away, and no other day', async () => {
  await drop('02', '2');
  const days = { alone: 'done 1', base: 'done 1', middle: 'done 1', top: 'done 1' };
  assert.deepEqual(await load(), { ...NOTHING, ...days, report: 'done 1' });
  assert.deepEqual(await world.rows("SELECT number FROM shop_raw.top WHERE day = '2025-03-02'"), [['2']]);
  assert.deepEqual(await load(), NOTHING);
});

test('a corrected whole table reaches the whole tables that read it, and no day', async () => {
  await names('1,ONE');
  assert.deepEqual(await load(), { ...NOTHING, names: 'done 1', report: 'done 1', again: 'done 1' });
  assert.deepEqual(await world.rows('SELECT word, times FROM shop_raw.report'), [['ONE', '2']]);
});

test('a failure stops what reads it at any level, and nothing else', async () => {
  const summary = async (): Promise<Record<string, string>> => {
    await drop('03', '500');
    await names('1,Uno');
    return load();
  };
  assert.deepEqual(await summary(), {
    ...{ base: 'failed 0', middle: 'blocked 0', top: 'blocked 0', report: 'blocked 0' },
    ...{ alone: 'done 1', names: 'done 1', again: 'done 1' },
  });
  assert.match(world.said.join('\n'), /top: blocked\n\s+error: it reads shop_raw\.middle, which failed/);
  await drop('03', '3');
  assert.deepEqual(await load(), {
    ...NOTHING,
    ...{ alone: 'done 1', base: 'done 1', middle: 'done 1', top: 'done 1', report: 'done 1' },
  });
});

test('days between two that are due are not loaded again, and are not read for it where that would cost more', async () => {
  // The file in between is heavy (12 MB): reading it for nothing costs more than a statement of its own.
  const before = (await world.partitions('alone')).find((entry) => entry.values[0] === '2025-03-02');
  await drop('01', '7');
  await drop('03', '7');
  const light = await world.preview({ tables: ['alone'] });
  assert.deepEqual(
    light.map((each) => [each.due.length, each.statements]),
    [[2, 1]],
  );
  const outcome = outcomeOf(await world.run({ tables: ['alone'] }), 'shop_raw.alone');
  assert.deepEqual([outcome.state, outcome.published, outcome.rows], ['done', 2, 2]);
  const after = (await world.partitions('alone')).find((entry) => entry.values[0] === '2025-03-02');
  assert.deepEqual(after?.storage.location, before?.storage.location);
  await drop('02', `1${' '.repeat(999)}\n`.repeat(12_000));
  assert.equal(outcomeOf(await world.run({ tables: ['alone'] }), 'shop_raw.alone').published, 1);
  await drop('01', '8');
  await drop('03', '8');
  const heavy = await world.preview({ tables: ['alone'] });
  assert.deepEqual(
    heavy.map((each) => [each.due.length, each.statements]),
    [[2, 2]],
  );
});
