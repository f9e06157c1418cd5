import fc from 'fast-check';
import type { Snippet } from './diff-case.ts';

/** Random definitions in the repository's format, as two states of one lake may have them. */

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
  retention_days: fc.constantFrom(undefined, undefined, 30, 90),
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
  fc.record({ ...common, columns, load: fc.constantFrom({ mode: 'replace' }), sql: fc.constant('SELECT 1 AS a') }),
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
const view = fc.oneof(
  fc.record({
    description: text,
    sql: fc.constantFrom(
      'SELECT 1 AS x',
      "SELECT 1 AS x FROM (SELECT 'a' AS y) z WHERE (y = 'a' OR y <> 'b') AND y IS NOT NULL",
    ),
    columns: text.map((description) => [{ name: 'x', type: 'integer', description }]),
  }),
  fc.record({
    description: text,
    sql: fc.constant("SELECT 1 AS x, 'it''s' AS y"),
    columns: text.map((description) => [
      { name: 'x', type: 'integer', description },
      { name: 'y', type: 'varchar', description: 'Y' },
    ]),
  }),
);

/** A few tables and views under few names. */
const snippet: fc.Arbitrary<Snippet> = fc
  .record({
    tables: fc.dictionary(fc.constantFrom('t', 'u', 'v'), table, { maxKeys: 2 }),
    views: fc.dictionary(fc.constantFrom('v', 'w'), view, { maxKeys: 1 }),
  })
  .map(({ tables, views }): Snippet => {
    // A table and a view of one name cannot both be; nor can two tables be at one place.
    const own = Object.fromEntries(Object.entries(views).filter(([name]) => tables[name] === undefined));
    const apart = Object.entries(tables).map(([name, each]) => {
      const location = { bucket: 'raw', path: `${name}/${each.location.path}` };
      return [name, defined({ ...each, location })];
    });
    return { tables: Object.fromEntries(apart), views: own };
  });

interface Column {
  readonly name: string;
  readonly type: string;
}

type Edit = (table: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

const PROMOTED: Readonly<Record<string, string>> = {
  int: 'bigint',
  'decimal(10,2)': 'decimal(12,2)',
  'varchar(9)': 'string',
};

function columnsEdit(change: (columns: readonly Column[], isText: boolean) => readonly Column[]): Edit {
  return (table) => ({ ...table, columns: change(table.columns as readonly Column[], table.format === 'csv') });
}

/** What people change of a table: one thing at a time. */
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(column, fc.boolean()).map(([added, last]) =>
    columnsEdit((columns, isText) => {
      const one = isText ? { ...added, type: 'string' } : added;
      if (columns.some(({ name }) => name === one.name)) return columns;
      return last ? [...columns, one] : [one, ...columns];
    }),
  ),
  fc
    .nat(3)
    .map((at) => columnsEdit((columns) => (columns.length > 1 ? columns.toSpliced(at % columns.length, 1) : columns))),
  fc.constant(columnsEdit((columns) => columns.map((each) => ({ ...each, type: PROMOTED[each.type] ?? each.type })))),
  fc.constant(columnsEdit((columns) => columns.toReversed())),
  text.map((description) => columnsEdit((columns) => columns.map((each) => ({ ...each, description })))),
  text.map(
    (description): Edit =>
      (table) => ({ ...table, description: `T ${description}` }),
  ),
  properties.map(
    (given): Edit =>
      (table) => ({ ...table, properties: given }),
  ),
  fc.constantFrom(undefined, 30, 90).map(
    (days): Edit =>
      (table) => ({ ...table, retention_days: days }),
  ),
  fc.constant<Edit>((table) => ({ ...table, owner: 'new' })),
);

/** Two states of one lake: unlike each other, or the second made of the first by some edits. */
export const pair: fc.Arbitrary<readonly [Snippet, Snippet]> = fc.oneof(
  fc.tuple(snippet, snippet),
  fc.tuple(snippet, fc.array(edit, { minLength: 1, maxLength: 3 })).map(([from, edits]) => {
    const tables = Object.entries(from.tables ?? {}).map(([name, table]) => {
      return [name, defined(edits.reduce((now, change) => change(now), table as Readonly<Record<string, unknown>>))];
    });
    return [from, { ...from, tables: Object.fromEntries(tables) }] as const;
  }),
);

/** Keys without a value are left out, as a file would. */
function defined(table: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const loaded = table.load === undefined ? {} : { partitions: [] };
  return Object.fromEntries(Object.entries({ ...table, ...loaded }).filter(([, value]) => value !== undefined));
}
