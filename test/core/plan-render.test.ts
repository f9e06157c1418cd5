import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { definitionHash } from '../../scripts/core/load/definition-hash.ts';
import type { ActualLake } from '../../scripts/core/model/actual.ts';
import type { Environment } from '../../scripts/core/model/definition.ts';
import type { ApplyResult } from '../../scripts/core/plan/outcome.ts';
import { makePlan, type Plan } from '../../scripts/core/plan/plan.ts';
import { renderOutcome, renderProgress } from '../../scripts/core/render/apply.ts';
import { renderPlan } from '../../scripts/core/render/plan-human.ts';
import { fence, inline, LONGEST_COMMENT, prose, renderMarkdown } from '../../scripts/core/render/plan-markdown.ts';
import { bytesText, usdText } from '../../scripts/core/render/text.ts';
import { definitionsOf, type Snippet } from './diff-case.ts';
import { catalogOf } from './pure-catalog.ts';

const FOLDER = join(import.meta.dirname, '../golden/plan/');

/** Compares with a file; UPDATE_GOLDEN=1 writes it, and a review reads it. */
function golden(name: string, text: string): void {
  const path = `${FOLDER}${name}`;
  if (process.env.UPDATE_GOLDEN === '1' || !existsSync(path)) {
    assert.equal(process.env.CI, undefined, `${name} is missing`);
    writeFileSync(path, text);
  }
  assert.equal(text, readFileSync(path, 'utf8'));
}

const EMPTY: ActualLake = { databases: [], tables: [] };
const ENVIRONMENT: Environment = { ...definitionsOf({}).lake.environments.local!, name: 'prod', prefix: '' };
const planOf = (to: Snippet, actual: ActualLake, allow = {}, against: Plan['against'] = 'live'): Plan => {
  const definitions = definitionsOf(to, allow);
  return makePlan({ definitions, environment: ENVIRONMENT, actual, today: '2026-01-01', against });
};
const liveOf = (snippet: Snippet): ActualLake => catalogOf(definitionsOf(snippet), ENVIRONMENT);

const COLUMNS = [
  { name: 'id', type: 'bigint', description: 'Number' },
  { name: 'amount', type: 'decimal(10,2)' },
];
const LOAD = { load: { mode: 'partitions' }, sql: "SELECT id, amount, '2024' AS y FROM d.landing" };
const SALES = { ...LOAD, columns: COLUMNS, partitions: [{ name: 'y', type: 'string', date: 'yyyy' }] };
const LANDING = { format: 'csv', columns: COLUMNS.map(({ name }) => ({ name, type: 'string' })) };
const BEFORE: Snippet = {
  tables: {
    landing: LANDING,
    sales: SALES,
    old: { columns: COLUMNS },
    drifted: { columns: COLUMNS },
    kept: { columns: COLUMNS },
  },
  views: { v: { sql: 'SELECT id FROM d.sales', columns: [{ name: 'id', type: 'bigint' }] } },
};
const AFTER: Snippet = {
  tables: {
    landing: LANDING,
    sales: { ...SALES, sql: LOAD.sql.replace('amount,', 'amount + 1 AS amount,') },
    drifted: { columns: [...COLUMNS, { name: 'note', type: 'string' }] },
    kept: { columns: COLUMNS.slice(0, 1) },
    fresh: { columns: COLUMNS, description: 'A new one' },
  },
  views: {
    v: {
      sql: 'SELECT id, amount FROM d.sales',
      columns: [
        { name: 'id', type: 'bigint' },
        { name: 'amount', type: 'decimal(10,2)' },
      ],
    },
  },
};

/** A catalog that others have been at: drift, a foreign table, partitions of an older load.sql. */
function worn(): ActualLake {
  const lake = liveOf(BEFORE);
  const sales = definitionsOf(BEFORE).tables.find((table) => table.name === 'sales')!;
  const columns = lake.tables.find(({ table }) => table.name === 'sales')!.table.storage.columns;
  const tables = lake.tables.map((each) => {
    const { table } = each;
    if (table.name === 'drifted')
      return { ...each, table: { ...table, parameters: { ...table.parameters, by: 'hand' } } };
    if (table.name !== 'sales') return each;
    const group = { count: 120, sourceBytes: 640_000_000, first: ['2020'], last: ['2024'] };
    const partitions = {
      count: 122,
      newest: ['2024'],
      shapes: [{ columns, serde: table.storage.serde, count: 122 }],
      loads: { [definitionHash(sales)]: group },
    };
    return { table, partitions };
  });
  const kept = lake.tables.find(({ table }) => table.name === 'kept')!.table;
  const foreign = { table: { ...kept, name: 'somebodys', parameters: {} }, partitions: undefined };
  return { ...lake, tables: [...tables, foreign] };
}

describe('plan for people', () => {
  test('from nothing', () => {
    const plan = planOf({ tables: { landing: LANDING, sales: SALES }, views: BEFORE.views! }, EMPTY);
    golden('from-nothing.txt', renderPlan(plan, { color: false }));
    golden('from-nothing.md', renderMarkdown(plan));
  });
  test('all kinds at once', () => {
    const plan = planOf(AFTER, worn(), { 'd.old': ['drop_table'] });
    golden('mixed.txt', renderPlan(plan, { color: false }));
    golden('mixed.md', renderMarkdown(plan, { notes: ['commit 0123abc'] }));
    golden('mixed-color.txt', renderPlan(plan, { color: true }));
  });
  test('nothing to do', () => {
    const plan = planOf(BEFORE, liveOf(BEFORE), {}, 'snapshot');
    assert.deepEqual([plan.objects, plan.steps], [[], []]);
    golden('nothing.txt', renderPlan(plan, { color: false }));
    golden('nothing.md', renderMarkdown(plan));
  });
});

describe('markdown of hostile text', () => {
  const evil =
    'x ``` ````\n</details> @admin #1 <img src=x> \u202egnp.exe\u200b \u0007 | [a](http://b) $' + '{{ github.token }}';
  const hostile: Snippet = {
    tables: { t: { description: evil, columns: [{ name: 'a', type: 'int', description: evil }] } },
  };

  test('stays text', () => {
    const plan = planOf(hostile, EMPTY);
    const changed = planOf({ tables: { t: { columns: [{ name: 'a', type: 'int' }] } } }, liveOf(hostile));
    golden('hostile.md', `${renderMarkdown(plan)}\n${renderMarkdown(changed)}`);
  });
  test('no fence or code span can be closed from inside', () => {
    for (const text of ['`', '``', '```', '````\n```', '`a`', '', '   ', '`'.repeat(50)]) {
      const block = fence(text);
      const ticks = /^`+/.exec(block)![0];
      assert.equal(block.split('\n').filter((line) => line.startsWith(ticks)).length, 2);
      const span = inline(text);
      const outer = /^`+/.exec(span)![0];
      assert.ok(![...span.slice(outer.length, -outer.length).matchAll(/`+/g)].some((run) => run[0] === outer), span);
    }
  });
  test('prose mentions nobody and holds no markup', () => {
    assert.equal(
      prose('@a #1 <b> [x](y) `c` http://z'),
      '@\u200ba #\u200b1 &lt;b\\> \\[x\\]\\(y\\) \\`c\\` http:\u200b//z',
    );
  });
});

describe('markdown of a large plan', () => {
  for (const count of [50, 400, 3000]) {
    test(`${count} tables fit into a comment, with head and tail`, () => {
      const tables = Object.fromEntries(Array.from({ length: count }, (_, n) => [`t${n}`, { columns: COLUMNS }]));
      const plan = planOf({ tables }, EMPTY);
      const text = renderMarkdown(plan, { longest: LONGEST_COMMENT, notes: ['the last word'] });
      assert.ok(text.length <= LONGEST_COMMENT, `${text.length}`);
      assert.ok(text.length > 15_000, 'what fits is shown');
      assert.ok(text.startsWith('<!-- weir-plan:prod -->\n\n### Plan for `prod`'));
      assert.match(text, /the last word<\/sub>\n$/);
      assert.equal(text.split('<details>').length, text.split('</details>').length);
      assert.equal((text.match(/^```/gm) ?? []).length % 2, 0);
      assert.equal(text.includes('Too long for a comment'), count > 50);
    });
  }
  test('one statement of a quarter of a megabyte', () => {
    const description = 'A column of many. '.repeat(12);
    const wide = Array.from({ length: 1500 }, (_, n) => ({ name: `column_${n}`, type: 'string', description }));
    const text = renderMarkdown(planOf({ tables: { t: { columns: wide } } }, EMPTY), { longest: LONGEST_COMMENT });
    assert.ok(text.length < LONGEST_COMMENT);
    assert.match(text, /-- cut here/);
  });
});

describe('apply for people', () => {
  const plan = planOf(AFTER, worn(), { 'd.old': ['drop_table'] });
  const base = { version: 1, environment: 'prod', digest: plan.digest, steps: plan.steps, refused: [] } as const;
  const done = plan.steps.map(({ number, object }) => ({ number, object, status: 'done', ms: 1234 }) as const);

  test('outcomes', () => {
    const failed = { ...done[1]!, status: 'failed', reason: 'FAILED: no', cure: 'try again' } as const;
    const refused = plan.objects.filter((object) => object.refusals.length > 0);
    const rest = done.slice(2).map(({ number, object }) => ({ number, object, status: 'not-run' }) as const);
    const results: readonly ApplyResult[] = [
      { ...base, ok: true, outcomes: done },
      { ...base, ok: true, steps: [], outcomes: [] },
      { ...base, ok: false, outcomes: [done[0]!, failed, ...rest], refused },
    ];
    const progress = plan.steps.map((step, at) => renderProgress(step, done[at]!, plan.steps.length)).join('\n');
    golden('apply.txt', [progress, ...results.map(renderOutcome)].join('\n---\n'));
  });
});

test('bytes and dollars', () => {
  assert.deepEqual([0, 999, 1000, 694_930, 91_300_000, 1e13].map(bytesText), [
    '0 B',
    '999 B',
    '1.00 kB',
    '694.9 kB',
    '91.3 MB',
    '10.0 TB',
  ]);
  assert.deepEqual([0, 0.00005, 0.0032, 0.5, 12].map(usdText), ['$0', '$0.000050', '$0.0032', '$0.50', '$12.00']);
});
