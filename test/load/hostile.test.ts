import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { tableLines } from '../../scripts/commands/load/report.ts';
import { loadMarkdown } from '../../scripts/core/render/load-markdown.ts';
import { renderPlan } from '../../scripts/core/render/plan-human.ts';
import { renderMarkdown } from '../../scripts/core/render/plan-markdown.ts';
import { quoteString } from '../../scripts/core/sql/index.ts';
import { definitionsOf, type Snippet } from '../core/diff-case.ts';
import { PAYLOADS } from '../core/payloads.ts';
import { openTestLake, type TestLake } from '../core/plan-lake.ts';
import { PRODUCTS_CSV, salesCsv } from './shop.ts';
import { makeWorld } from './world.ts';

// Hostile text on a lake: it comes back out of the catalog as it was defined, data with it in names and values is loaded,
// and nothing that is printed of it is a command of GitHub Actions. WEIR_PAYLOADS=all takes every text.

const STEP = process.env.WEIR_PAYLOADS === 'all' ? 1 : 11;
/** Athena's own limit of a column's comment is 255 characters; what is longer is refused by it in words. */
const TEXTS = PAYLOADS.filter((each, at) => at % STEP === 0 && each.length <= 250 && !/\p{Surrogate}|\0/u.test(each));
const A_TABLE = 20;

/** A line that GitHub Actions would take for a command: https://github.com/actions/runner, whatever is before the colons. */
const COMMAND = /^\s*::|##\[/m;

let lake: TestLake;
before(async () => {
  lake = await openTestLake();
});
after(() => lake.close());

function tablesOf(texts: readonly string[]): Snippet {
  const tables = Array.from({ length: Math.ceil(texts.length / A_TABLE) }, (_, at) => {
    const own = texts.slice(at * A_TABLE, (at + 1) * A_TABLE);
    const columns = own.map((description, index) => ({ name: `c${index}`, type: 'string', description }));
    const properties = Object.fromEntries(own.map((text, index) => [`p${index}`, text]));
    return [`t${at}`, { columns, properties, description: own[0], owner: own.at(-1) }];
  });
  return { tables: Object.fromEntries(tables) };
}

/** Glue's comment of a column is one line. */
function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
}

/** True where a definition may have the text as a description; else its reader refuses it. */
function isTaken(text: string): boolean {
  try {
    definitionsOf(tablesOf([text]));
    return true;
  } catch (error) {
    assert.match(String(error), /(yaml-character|yaml-tab|empty-\w+|yaml-syntax) /, JSON.stringify(text));
    return false;
  }
}

test('descriptions, owners and properties come back as they were written', async () => {
  const scope = lake.within('hostile');
  const taken = TEXTS.filter(isTaken);
  assert.ok(taken.length > TEXTS.length * 0.8, `${taken.length} of ${TEXTS.length}`);
  const definitions = definitionsOf(tablesOf(taken));
  const plan = await scope.plan(definitions);
  for (const text of [renderPlan(plan, { color: false }), renderMarkdown(plan, { notes: [] })]) {
    assert.doesNotMatch(text, /^\s*::/m);
  }
  const result = await scope.apply(definitions);
  assert.ok(result.ok, JSON.stringify(result.outcomes.filter((each) => each.status !== 'done')));
  assert.deepEqual((await scope.plan(definitions)).steps, []);
  for (let at = 0; at * A_TABLE < taken.length; at += 1) {
    const own = taken.slice(at * A_TABLE, (at + 1) * A_TABLE);
    const table = (await scope.glue.getTable(`${scope.environment.prefix}d`, `t${at}`))!;
    assert.deepEqual(
      table.storage.columns.map((column) => column.comment),
      own.map(oneLine),
    );
    assert.deepEqual(
      own.map((_, index) => table.parameters[`p${index}`]),
      own,
    );
    assert.deepEqual([table.parameters.comment, table.parameters['weir.owner']], [own[0], own.at(-1)]);
  }
});

test('text in a statement comes back as it was', async () => {
  for (let at = 0; at < TEXTS.length; at += A_TABLE) {
    const own = TEXTS.slice(at, at + A_TABLE);
    const sql = `SELECT ${own.map((text, index) => `${quoteString(text)} AS c${index}`).join(', ')}`;
    const id = await lake.athena.start({ sql, workgroup: lake.environment.workgroups.query });
    assert.equal((await lake.athena.wait(id)).state, 'succeeded', sql);
    assert.deepEqual((await lake.athena.rows(id)).rows, [own]);
  }
});

describe('data', () => {
  test('with hostile names and values is loaded, or told without a command', async () => {
    const world = await makeWorld();
    try {
      await world.drop('shop/products/products.csv', PRODUCTS_CSV);
      // S3 takes any name of up to 1,024 bytes; `.` and `..` in it mean nothing there, but no HTTP client sends them.
      const names = TEXTS.filter(
        (text) => Buffer.byteLength(text) < 800 && !/(^|\/)\.{1,2}(\/|$)|\/\/|\/$|^[._]/.test(`x${text}`.slice(1)),
      );
      const day = '2025-03-20';
      const row = (at: number): string => salesCsv(day, 1, () => `${20250320000 + at},1,1,${day}`);
      for (const [at, name] of names.entries()) await world.drop(`shop/sales/${day}/f${name}${at}.csv`, row(at));
      await world.drop(`shop/sales/2025-03-21/a\n::error::b.csv`, 'no,header\n1,2\n');
      const summary = await world.run();
      const lines = [...world.said, ...summary.tables.flatMap((each) => tableLines(each))].join('\n');
      assert.doesNotMatch(lines, COMMAND);
      const markdown = loadMarkdown(
        summary.tables.map((each) => ({ ...each, lines: tableLines(each) })),
        'x',
      );
      assert.doesNotMatch(markdown, COMMAND);
      const rows = await world.rows("SELECT count(*), count(DISTINCT sale_id) FROM shop_raw.sales WHERE day = '20'");
      assert.deepEqual(rows, [[String(names.length), String(names.length)]], lines);
    } finally {
      await world.close();
    }
  });
});
