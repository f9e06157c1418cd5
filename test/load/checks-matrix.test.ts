import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { FILES } from './shop.ts';
import { makeWorld, outcomeOf, type World } from './world.ts';

// Every kind of check, of each severity, in each mode: a bad row is found, said with its check, and kept out or let through.

const MODES = ['partitions', 'replace', 'files'] as const;
const SEVERITIES = ['error', 'warn'] as const;
type Mode = (typeof MODES)[number];

// Each is broken by the bad day: one row too many comes without a number, twice, with a strange word, and is old.
const CHECKS: readonly (readonly [name: string, yaml: string, modes: readonly Mode[]])[] = [
  ['not_null_number', 'not_null: number', MODES],
  ['unique_word', 'unique: word', MODES],
  ['unique_word_sent', 'unique: [word, sent]', MODES],
  ['accepted_values_word', 'accepted_values: { column: word, values: [good, twice] }', MODES],
  ['relationships_word', 'relationships: { column: word, to: shop_raw.words.word }', MODES],
  ['range_number', 'range: { column: number, min: 1, max: 9 }', MODES],
  ['regex_word', 'regex: { column: word, pattern: "^[a-rt-z]" }', MODES],
  ['row_count', 'row_count: { max: 4 }', MODES],
  ['row_count_source', 'row_count: { source: shop_landing.MODE, max_percent: 99 }', ['partitions', 'replace']],
  ['row_count_last', 'row_count: { last: 3, max_percent: 150 }', MODES],
  ['freshness_sent', 'freshness: { column: sent, days: 2 }', MODES],
  ['own', 'sql: own', MODES],
];

const GOOD = ['1,good,DAY', '2,twice,DAY'];
const BAD = [',twice,OLD', '3,twice,OLD', '77,strange,OLD', '4,good,OLD', '5,good,OLD'];

const DATED = `partitions: [{ name: landed, type: date, date: yyyy-MM-dd, description: D }]
projection: { columns: { landed: { type: date, from: "2024-01-01", to: NOW } }, template: "\${landed}/" }
`;

function files(id: string): Record<string, string> {
  const made: Record<string, string> = {
    'pipeline/lake.yaml': FILES(id)['pipeline/lake.yaml']!.replace(
      'timezone: UTC',
      'timezone: UTC\nhistory: { bucket: raw }',
    ),
    'pipeline/tables/shop_landing/words/table.yaml': landing('words', '[{ name: word, type: string, description: W }]'),
    'pipeline/tables/shop_raw/words/table.yaml': raw(
      'words',
      '[{ name: word, type: string, description: W }]',
      'load: { mode: replace }\n',
    ),
    'pipeline/tables/shop_raw/words/load.sql': 'SELECT word FROM shop_landing.words',
  };
  const columns = ['number', 'word', 'sent', 'on_day']
    .map((name) => `{ name: ${name}, type: string, description: C }`)
    .join(', ');
  const typed = `[{ name: number, type: int, description: N }, { name: word, type: string, description: W }, { name: sent, type: date, description: S }]`;
  for (const mode of MODES) {
    made[`pipeline/tables/shop_landing/${mode}/table.yaml`] = `${landing(mode, `[${columns}]`)}${
      mode === 'partitions' ? DATED : ''
    }`;
    const day =
      mode === 'partitions' ? ", date_format(landed, '%Y-%m-%d') AS day" : mode === 'files' ? ', on_day AS day' : '';
    const where = mode === 'partitions' ? ' WHERE landed BETWEEN :from AND :to' : '';
    for (const severity of SEVERITIES) {
      const name = `${mode}_${severity}`;
      const partitions =
        mode === 'replace' ? '' : 'partitions: [{ name: day, type: string, date: yyyy-MM-dd, description: D }]\n';
      const checks = CHECKS.filter((each) => each[2].includes(mode)).map(
        ([, yaml]) => `  - ${yaml.replace('MODE', mode)}\n    severity: ${severity}\n`,
      );
      const load = `load: { mode: ${mode} }\nchecks:\n${checks.join('')}`;
      made[`pipeline/tables/shop_raw/${name}/table.yaml`] = raw(name, typed, `${partitions}${load}`);
      made[`pipeline/tables/shop_raw/${name}/load.sql`] =
        `SELECT TRY_CAST(number AS integer) AS number, word, TRY_CAST(sent AS date) AS sent${day} FROM shop_landing.${mode}${where}`;
      made[`pipeline/tables/shop_raw/${name}/checks/own.sql`] = "SELECT * FROM :table WHERE word = 'strange'";
    }
  }
  return made;
}

function landing(path: string, columns: string): string {
  return `description: D\nowner: tests\nformat: csv\ncsv: { header: 1 }\nlocation: { bucket: landing, path: ${path}/ }\ncolumns: ${columns}\n`;
}

function raw(path: string, columns: string, more: string): string {
  return `description: D\nowner: tests\nformat: parquet\nlocation: { bucket: raw, path: ${path}/ }\ncolumns: ${columns}\n${more}`;
}

let world: World;
let bad: Awaited<ReturnType<World['run']>>;
let results: ReadonlyMap<string, string>;
before(async () => {
  world = await makeWorld('2025-03-04T07:00:00Z', files);
  await world.drop('words/words.csv', 'word\ngood\ntwice\n');
  await drop(GOOD, ['02']);
  // The good rows break none of them but that there are as many as in the source.
  const first = await world.run();
  assert.ok(first.tables.length === 7);
  // What the source's check keeps back at first is there by a definition without it.
  world.edit(without(files, 'row_count: { source'));
  const loaded = await world.run();
  assert.ok(
    loaded.tables.every(({ state }) => state === 'done' || state === 'nothing'),
    world.said.join('\n'),
  );
  world.edit(files(world.prefix.slice(1, -1)));
  await drop(BAD, ['03']);
  bad = await world.run();
  results = await recorded();
});
after(() => world.close());

function without(made: typeof files, check: string): Record<string, string> {
  const all = made(world.prefix.slice(1, -1));
  return Object.fromEntries(
    Object.entries(all).map(([path, text]) => [
      path,
      text.replaceAll(new RegExp(`  - ${check.replace(/[{(]/g, '\\$&')}.*\\n.*\\n`, 'g'), ''),
    ]),
  );
}

async function drop(lines: readonly string[], days: readonly string[]): Promise<void> {
  for (const day of days) {
    const text = ['number,word,sent,on_day', ...lines.map((line) => `${line},DAY`)]
      .join('\n')
      .replaceAll('DAY', `2025-03-${day}`)
      .replaceAll('OLD', '2025-02-01');
    await world.drop(`partitions/2025-03-${day}/x.csv`, `${text}\n`);
    await world.drop('replace/x.csv', `${text}\n`);
    await world.drop(`files/${day}.csv`, `${text}\n`);
  }
}

/** Every check of each table, `table check`: its severity and whether it passed at last, as SQL finds it. */
async function recorded(): Promise<Map<string, string>> {
  const rows = await world.rows(
    'SELECT table_name, check_name, severity, passed FROM weir_history.weir_checks ORDER BY checked_at',
  );
  const results = rows.map(([table, check, severity, passed]) => {
    return [`${table?.split('.')[1]} ${check}`, `${severity} ${passed}`] as const;
  });
  assert.ok(results.length > 2 * new Set(results.map(([key]) => key)).size, 'each load has its own');
  return new Map(results);
}

for (const mode of MODES) {
  for (const severity of SEVERITIES) {
    const name = `${mode}_${severity}`;
    describe(`mode ${mode}, severity ${severity}`, () => {
      test(severity === 'error' ? 'nothing is published' : 'the rows are published, each check is told', async () => {
        const { state, published, errors, warnings } = outcomeOf(bad, `shop_raw.${name}`);
        const wanted = severity === 'error' ? ['failed', 0] : ['done', 1];
        assert.deepEqual([state, published], wanted, JSON.stringify(errors));
        const rows = await world.rows(`SELECT count(*) FROM shop_raw.${name} WHERE word = 'strange'`);
        assert.deepEqual(rows, [[severity === 'error' ? '0' : '1']]);
        const told = [...errors.map((error) => error.message), ...warnings];
        const broken = CHECKS.filter(([, , modes]) => modes.includes(mode)).length;
        assert.ok(told.length === broken && told.every((line) => /^(s3:\S+: )?check /.test(line)), told.join('\n'));
      });
      for (const [check, , modes] of CHECKS) {
        if (!modes.includes(mode)) continue;
        test(`${check} is broken`, () => assert.equal(results.get(`${name} ${check}`), `${severity} false`));
      }
    });
  }
}
