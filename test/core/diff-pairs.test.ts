import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { inPart, sizeOfPart } from '../part.ts';
import { definitionsOf, type Snippet, type Way } from './diff-case.ts';
import { losses } from './loss-oracle.ts';
import { openTestLake, refusals, type Scope, type TestLake } from './plan-lake.ts';
import { pair } from './random-definitions.ts';

// Random pairs of definitions: whatever the two are, applying the plan leaves nothing to plan, there and back again;
// without permissions nothing of what is destructive is touched; destructive is what takes something from readers, and
// what is safe leaves them the rows that they had. WEIR_DEFINITIONS says how many pairs, WEIR_SEED where to begin, WEIR_PART
// which of them.

const PAIRS = Number(process.env.WEIR_DEFINITIONS ?? 10);
const SEED = Number(process.env.WEIR_SEED ?? 20250323);
const AT_ONCE = 6;
/** In one pair of so many rows are written, and read again after each change that is safe. */
const WITH_ROWS = PAIRS < 100 ? 2 : 5;

let lake: TestLake;
before(async () => {
  lake = await openTestLake();
});
after(() => lake.close());

test(`${PAIRS} pairs of definitions, there and back`, async (context) => {
  const pairs = fc.sample(pair, { numRuns: PAIRS, seed: SEED });
  const queue = [...pairs.entries()].filter(([number]) => inPart(number));
  const counts = { pairs: 0, statements: 0, calls: 0, destructive: 0, reread: 0 };
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [number] = next;
      // All pairs share the buckets, so each has a folder of its own there.
      const [from, to] = next[1].map((state) => below(`p${number}/`, state)) as [Snippet, Snippet];
      const scope = lake.within(`p${number}`);
      try {
        await thereAndBack({ scope, counts, rows: number % WITH_ROWS === 0 }, from, to);
      } catch (error) {
        throw new Error(`pair ${number} of seed ${SEED}:\n${JSON.stringify({ from, to })}`, { cause: error });
      }
      await scope.close();
      counts.pairs += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const { pairs: done, statements, calls, destructive, reread } = counts;
  context.diagnostic(
    `${done} pairs: ${statements} statements and ${calls} Glue calls were taken; ${destructive} objects needed a permission; ${reread} tables kept their rows`,
  );
  assert.equal(done, sizeOfPart(PAIRS));
  assert.ok(PAIRS < 20 || (destructive > 0 && reread > 0), 'pairs of the kinds that they are for');
});

function below(folder: string, state: Snippet): Snippet {
  const tables = Object.entries(state.tables ?? {}).map(([name, table]) => {
    const { bucket, path } = table.location as { readonly bucket: string; readonly path: string };
    return [name, { ...table, location: { bucket, path: folder + path } }];
  });
  return { ...state, tables: Object.fromEntries(tables) };
}

interface Journey {
  readonly scope: Scope;
  readonly rows: boolean;
  readonly counts: { statements: number; calls: number; destructive: number; reread: number };
}

async function thereAndBack(journey: Journey, from: Snippet, to: Snippet): Promise<void> {
  let here: Snippet = {};
  for (const state of [from, to, from]) {
    await arrive(journey, here, state);
    here = state;
  }
}

async function arrive(journey: Journey, here: Snippet, state: Snippet): Promise<void> {
  const { scope, counts } = journey;
  const careful = await scope.plan(definitionsOf(state));
  const allow = needed(careful.objects);
  assert.deepEqual(Object.keys(allow).sort(), [...losses(here, state).keys()].sort(), 'destructive is what is lost');
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
  const rewritten = new Set(
    careful.objects.filter(({ changes }) => changes.some(({ risk }) => risk !== 'safe')).map(({ object }) => object),
  );
  const kept = Object.keys(here.tables ?? {}).filter((name) => state.tables?.[name] && !rewritten.has(`d.${name}`));
  const before = journey.rows ? await rowsOf(scope, here, kept) : new Map<string, string>();
  const definitions = definitionsOf(state, allow);
  const result = await scope.apply(definitions);
  assert.ok(result.ok, JSON.stringify([result.refused, result.outcomes.filter((each) => each.status === 'failed')]));
  const again = await scope.plan(definitions);
  assert.deepEqual([again.objects, again.steps], [[], []]);
  counts.statements += result.steps.filter((step) => step.kind === 'athena').length;
  counts.calls += result.steps.filter((step) => step.kind === 'glue').length;
  counts.destructive += Object.keys(allow).length;
  if (!journey.rows) return;
  assert.deepEqual(await rowsOf(scope, here, [...before.keys()]), before, 'what is safe leaves readers their rows');
  counts.reread += before.size;
  await writeRows(scope, state);
}

function needed(objects: Awaited<ReturnType<Scope['plan']>>['objects']): NonNullable<Way['allow']> {
  return Object.fromEntries(
    objects.flatMap(({ object, changes }) => {
      const kinds = changes.filter((change) => change.risk === 'destructive').map((change) => change.kind);
      return kinds.length === 0 ? [] : [[object, [...new Set(kinds)]]];
    }),
  );
}

interface Column {
  readonly name: string;
  readonly type: string;
}

/** Rows of the columns that a table had, as text; tables whose files the lake's engine cannot read are left out. */
async function rowsOf(scope: Scope, of: Snippet, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const name of names.filter((each) => of.tables?.[each]?.format !== 'orc')) {
    const columns = (of.tables![name]!.columns as readonly Column[]).map((column) => `"${column.name}"`);
    const sql = `SELECT ${columns.join(', ')} FROM "${scope.environment.prefix}d"."${name}"`;
    const id = await scope.athena.start({ sql, workgroup: scope.environment.workgroups.query });
    const outcome = await scope.athena.wait(id);
    assert.equal(outcome.state, 'succeeded', `${sql}: ${JSON.stringify(outcome)}`);
    found.set(name, JSON.stringify((await scope.athena.rows(id)).rows.toSorted()));
  }
  return found;
}

/** A row of each Parquet and JSON table, in a partition where there are any. */
async function writeRows(scope: Scope, state: Snippet): Promise<void> {
  for (const [name, table] of Object.entries(state.tables ?? {})) {
    if (table.format === 'orc' || table.format === 'csv') continue;
    const columns = [...(table.columns as readonly Column[]), ...((table.partitions ?? []) as readonly Column[])];
    const values = columns.map(({ type }) => sample(type));
    const sql = `INSERT INTO "${scope.environment.prefix}d"."${name}" SELECT ${values.join(', ')}`;
    assert.equal(await scope.sql(sql), 'succeeded', sql);
  }
}

function sample(type: string): string {
  const [, outer, inner = ''] = /^(array|map|struct)<(.*)>$/.exec(type) ?? [];
  if (outer === 'array') return `ARRAY[${sample(inner)}]`;
  if (outer === 'map') return `MAP(ARRAY['k'], ARRAY[${sample(inner.slice('string,'.length))}])`;
  if (outer === 'struct') {
    const [, x = '', y = ''] = /^x:(.*),y:(.*)$/.exec(inner) ?? [];
    return `CAST(ROW(${sample(x)}, ${sample(y)}) AS ROW(x ${trino(x)}, y ${trino(y)}))`;
  }
  return `CAST(${VALUES[type] ?? "'v'"} AS ${trino(type)})`;
}

/** The projected column `n` reaches from at most 3 to at least 4. */
const VALUES: Readonly<Record<string, string>> = {
  int: '4',
  bigint: '4',
  double: '1.5',
  date: "'2024-02-29'",
  'decimal(10,2)': '1.25',
  'decimal(12,2)': '1.25',
  boolean: 'true',
};

function trino(type: string): string {
  return type === 'int' ? 'integer' : type === 'string' ? 'varchar' : type;
}
