import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { definitionsOf, type Snippet, type Way } from './diff-case.ts';
import { openTestLake, refusals, type Scope, type TestLake } from './plan-lake.ts';

// Random pairs of definitions: whatever the two are, applying the plan leaves nothing to plan, there and back again, and
// without permissions nothing of what is destructive is touched. WEIR_PAIRS says how many, WEIR_SEED where to begin.

const PAIRS = Number(process.env.WEIR_PAIRS ?? 20);
const SEED = Number(process.env.WEIR_SEED ?? 20250323);
const AT_ONCE = 6;

const primitive = fc.constantFrom(
  'int',
  'bigint',
  'string',
  'double',
  'date',
  'decimal(10,2)',
  'decimal(12,2)',
  'varchar(9)',
  'boolean',
);
const type = fc.oneof(
  { weight: 5, arbitrary: primitive },
  primitive.map((inner) => `array<${inner}>`),
  fc.tuple(primitive, primitive).map(([x, y]) => `struct<x:${x},y:${y}>`),
  primitive.map((inner) => `map<string,${inner}>`),
);
const text = fc.constantFrom(
  'plain',
  "it's",
  'two\nlines',
  '`x` "y"',
  'é 🐟',
  '\\',
  '$' + '{{ x }}',
  '-- no',
  '/* no */',
  ';',
);
const column = fc.record(
  { name: fc.constantFrom('a', 'b', 'c', 'select', 'date'), type, description: text },
  { requiredKeys: ['name', 'type'] },
);
const columns = fc.uniqueArray(column, { minLength: 1, maxLength: 4, selector: ({ name }) => name });
const textColumns = columns.map((all) => all.map((each) => ({ ...each, type: 'string' })));
const partitions = fc.constantFrom(
  [],
  [{ name: 'p', type: 'string' }],
  [
    { name: 'p', type: 'int' },
    { name: 'q', type: 'string' },
  ],
);
const properties = fc.dictionary(fc.constantFrom('one', 'two', 'classification'), text, { maxKeys: 2 });

const common = {
  description: text.map((each) => `T ${each}`),
  owner: fc.constantFrom('team', 'others'),
  location: fc.constantFrom('here/', 'there/').map((path) => ({ bucket: 'raw', path })),
  partitions,
  properties,
};
const table = fc.oneof(
  fc.record({
    ...common,
    columns,
    format: fc.constantFrom('parquet', 'orc'),
    compression: fc.constantFrom('zstd', 'snappy'),
  }),
  fc.record({
    ...common,
    columns: textColumns,
    format: fc.constant('csv'),
    csv: fc.record({ header: fc.nat(1), delimiter: fc.constantFrom(',', '\\', "'", '|') }),
  }),
  fc.record({ ...common, columns, format: fc.constant('json') }),
  fc.record({
    ...common,
    columns,
    partitions: fc.constant([{ name: 'n', type: 'int' }]),
    projection: fc.record({
      columns: fc.record({
        n: fc.record({ type: fc.constant('integer'), from: fc.nat(3), to: fc.integer({ min: 4, max: 9 }) }),
      }),
    }),
  }),
);
const view = fc.record({
  description: text,
  sql: fc.constantFrom(
    'SELECT 1 AS x',
    "SELECT 1 AS x FROM (SELECT 'a' AS y) z WHERE (y = 'a' OR y <> 'b') AND y IS NOT NULL",
  ),
  columns: text.map((description) => [{ name: 'x', type: 'integer', description }]),
});
const snippet = fc
  .record({
    tables: fc.dictionary(fc.constantFrom('t', 'u', 'v'), table, { maxKeys: 2 }),
    views: fc.dictionary(fc.constantFrom('v', 'w'), view, { maxKeys: 1 }),
  })
  .map(({ tables, views }): Snippet => {
    // A table and a view of one name cannot both be.
    const own = Object.fromEntries(Object.entries(views).filter(([name]) => tables[name] === undefined));
    return { tables: tables as NonNullable<Snippet['tables']>, views: own };
  });

let lake: TestLake;
before(async () => {
  lake = await openTestLake();
});
after(() => lake.close());

test(`${PAIRS} pairs of definitions, there and back`, async () => {
  const pairs = fc.sample(fc.tuple(snippet, snippet), { numRuns: PAIRS, seed: SEED });
  const queue = [...pairs.entries()];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [number, [from, to]] = next;
      try {
        await thereAndBack(lake.within(`p${number}`), from, to);
      } catch (error) {
        throw new Error(`pair ${number} of seed ${SEED}:\n${JSON.stringify({ from, to })}`, { cause: error });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
});

async function thereAndBack(scope: Scope, from: Snippet, to: Snippet): Promise<void> {
  for (const state of [from, to, from]) await arrive(scope, state);
}

async function arrive(scope: Scope, state: Snippet): Promise<void> {
  const careful = await scope.plan(definitionsOf(state));
  const allow = needed(careful.objects);
  const touched = new Set(careful.steps.map((step) => step.object));
  assert.deepEqual(
    Object.keys(refusals(careful)).filter((object) => touched.has(object)),
    [],
    'refused is untouched',
  );
  assert.ok(
    Object.keys(allow).every((object) => refusals(careful)[object] !== undefined),
    'destructive is refused',
  );
  const definitions = definitionsOf(state, allow);
  const result = await scope.apply(definitions);
  assert.ok(result.ok, JSON.stringify([result.refused, result.outcomes.filter((each) => each.status === 'failed')]));
  const again = await scope.plan(definitions);
  assert.deepEqual([again.objects, again.steps], [[], []]);
}

function needed(objects: Awaited<ReturnType<Scope['plan']>>['objects']): NonNullable<Way['allow']> {
  return Object.fromEntries(
    objects.flatMap(({ object, changes }) => {
      const kinds = changes.filter((change) => change.risk === 'destructive').map((change) => change.kind);
      return kinds.length === 0 ? [] : [[object, [...new Set(kinds)]]];
    }),
  );
}
