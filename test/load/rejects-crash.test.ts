import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { gc } from '../../scripts/commands/gc.ts';
import { rollback } from '../../scripts/commands/rollback.ts';
import { rejectsTable } from '../../scripts/core/define/rejects.ts';
import { readLedger } from '../../scripts/core/load/index.ts';
import { BLOWS, type Blow, strikingPorts } from './crash.ts';
import { blankTable, copyMemory, emptyMemory, type Memory, type MemoryPorts, memoryPorts } from './memory.ts';
import { contextOf, DAYS, definitionsWith, dropDay, dropEvents, dropWhole, run } from './stage.ts';

/** The stage with rejects: a day with bad lines is corrected, one gets some, one has too many; the whole table has some. */

const definitions = definitionsWith((_path, text) =>
  text.replace(/load: \{ mode: (partitions|replace|files) \}/, 'load: { mode: $1, rejects: { max_rows: 1 } }'),
);
const TABLES = ['partitions', 'replace', 'files'].flatMap((mode) => [`raw.${mode}`, `raw.${mode}_rejects`]);
const LOADED = { tables: ['raw.partitions', 'raw.replace', 'raw.files'] };
const load = (memory: Memory, ports: MemoryPorts = memoryPorts(memory)) => run(memory, ports, { definitions }, LOADED);

let start: Memory;
let old: Seen;
let wanted: Seen;
let undisturbed: unknown;
let calls = 0;

before(async () => {
  start = await stage();
  old = visible(start);
  const memory = copyMemory(start);
  const striking = strikingPorts(memory, new Map());
  await load(memory, striking.ports);
  calls = striking.calls();
  wanted = visible(memory);
  undisturbed = outcome(memory);
});

async function stage(): Promise<Memory> {
  const memory = emptyMemory();
  const day = { name: 'day', type: 'string', comment: undefined };
  for (const table of definitions.tables.filter((each) => each.database === 'raw')) {
    const blank = blankTable('raw', table.name, `s3://raw/${table.location.path}`);
    const columns = table.columns.map(({ name, type }) => ({ name, type, comment: undefined }));
    const partitionKeys = table.partitions.length > 0 ? [day] : [];
    memory.tables.set(`raw.${table.name}`, { ...blank, storage: { ...blank.storage, columns }, partitionKeys });
  }
  dropDay(memory, DAYS[0], 'a1\nbad a2');
  dropDay(memory, DAYS[1], 'b1\nb2');
  dropDay(memory, DAYS[2], 'c1');
  dropWhole(memory, 'w1\nw2');
  dropEvents(memory, 'e1', 'f1:a\nf1:bad a\nf2:a');
  dropEvents(memory, 'e2', 'f2:b');
  dropEvents(memory, 'e3', 'f3:c');
  await load(memory);
  dropDay(memory, DAYS[0], 'a1\na2');
  dropDay(memory, DAYS[1], 'b1\nbad b2');
  dropDay(memory, DAYS[2], 'c1\nbad c2\nbad c3');
  dropDay(memory, DAYS[3], 'bad d1');
  dropWhole(memory, 'w1\nbad w2\nw3');
  // One file is corrected, one has too many rejects now, and of those that are new one waits for that.
  dropEvents(memory, 'e1', 'f1:a\nf2:a\nf2:bad a');
  dropEvents(memory, 'e3', 'f3:bad c\nf3:bad d\nf4:c');
  dropEvents(memory, 'e4', 'f1:d\nf5:bad d');
  dropEvents(memory, 'e5', 'f3:e\nf6:e');
  memory.deleted.length = 0;
  return memory;
}

type Seen = Readonly<Record<string, string>>;

/** The lines that readers see, by table and partition; a table or partition without files has none. */
function visible(memory: Memory): Seen {
  const seen: Record<string, string> = {};
  for (const name of TABLES) {
    const table = memory.tables.get(name)!;
    const entries = [...(memory.partitions.get(name)?.values() ?? [])];
    const places = table.partitionKeys.length > 0 ? entries : [{ values: [''], storage: table.storage }];
    for (const { values, storage } of places) {
      const prefix = storage.location.replace('s3://', '');
      const bodies = [...memory.objects].filter(([path]) => path.startsWith(prefix)).map(([, { body }]) => body);
      if (bodies.length > 0)
        seen[`${name} ${values.join('/')}`.trim()] = bodies.join('\n').split('\n').toSorted().join(', ');
    }
  }
  return seen;
}

function outcome(memory: Memory): unknown {
  const ledger = (parameters: Readonly<Record<string, string>>) => {
    const entry = readLedger(parameters);
    return (
      entry && [entry.fingerprint, entry.rows, entry.rejected, entry.previous.map((past) => [past.rows, past.rejected])]
    );
  };
  return {
    seen: visible(memory),
    ledgers: TABLES.flatMap((name) => [
      [name, ledger(memory.tables.get(name)!.parameters)],
      ...[...(memory.partitions.get(name)?.values() ?? [])].map((each) => [
        name,
        each.values[0],
        ledger(each.parameters),
      ]),
    ]).toSorted(),
    staging: [...memory.tables.keys()].filter((name) => name.startsWith('weir_staging.')),
    intents: [...memory.objects]
      .filter(([path]) => path.endsWith('/lease.json'))
      .flatMap(([, object]) => JSON.parse(object.body).intents),
  };
}

test('undisturbed: within the bound published, above it left as it was; rejects are those of the loads that are shown', () => {
  assert.deepEqual(old, {
    [`raw.partitions ${DAYS[0]}`]: 'a1',
    [`raw.partitions ${DAYS[1]}`]: 'b1, b2',
    [`raw.partitions ${DAYS[2]}`]: 'c1',
    [`raw.partitions_rejects ${DAYS[0]}`]: 'bad a2',
    'raw.replace': 'w1, w2',
    'raw.files f1': 'f1:a',
    'raw.files f2': 'f2:a, f2:b',
    'raw.files f3': 'f3:c',
    'raw.files_rejects f1': 'f1:bad a',
  });
  assert.deepEqual(wanted, {
    [`raw.partitions ${DAYS[0]}`]: 'a1, a2',
    [`raw.partitions ${DAYS[1]}`]: 'b1',
    [`raw.partitions ${DAYS[2]}`]: 'c1',
    [`raw.partitions_rejects ${DAYS[1]}`]: 'bad b2',
    [`raw.partitions_rejects ${DAYS[3]}`]: 'bad d1',
    'raw.replace': 'w1, w3',
    'raw.replace_rejects': 'bad w2',
    'raw.files f1': 'f1:a, f1:d',
    'raw.files f2': 'f2:a, f2:b',
    'raw.files f3': 'f3:c',
    'raw.files_rejects f2': 'f2:bad a',
    'raw.files_rejects f5': 'f5:bad d',
  });
});

// In full by test/faults; `npm test` strikes every twentieth call, other ones for each kind of blow.
const STRIDE = process.env.WEIR_PAIRS === undefined ? 20 : 1;

for (const [index, blow] of BLOWS.entries()) {
  test(`${blow}: readers of each table see old or new, and the next run ends where an undisturbed one does`, async () => {
    for (let at = 1 + (index % STRIDE); at <= calls; at += STRIDE) await strike(at, blow);
  });
}

async function strike(at: number, blow: Blow): Promise<void> {
  const memory = copyMemory(start);
  const torn: string[] = [];
  const { ports, log } = strikingPorts(memory, new Map([[at, blow]]), () => {
    const seen = visible(memory);
    for (const name of new Set([...Object.keys(seen), ...Object.keys(old)])) {
      if (seen[name] !== old[name] && seen[name] !== wanted[name]) torn.push(`${name}: ${seen[name]}`);
    }
  });
  await load(memory, ports).catch(() => undefined);
  await load(memory);
  const told = `${blow} at call ${at}\n${log.join('\n')}`;
  assert.deepEqual(torn, [], told);
  assert.deepEqual(memory.deleted, [], told);
  assert.deepEqual(outcome(memory), undisturbed, told);
}

const DAY = { table: 'raw.partitions', from: DAYS[0], to: DAYS[1], load: undefined, release: false, dryRun: false };
const back = (memory: Memory, ports = memoryPorts(memory)) => rollback(contextOf(memory, ports, { definitions }), DAY);

test('a rollback takes the rejects along, wherever it is struck, once the next run has looked', async () => {
  const loaded = copyMemory(start);
  await load(loaded);
  const whole = copyMemory(loaded);
  const striking = strikingPorts(whole, new Map());
  await back(whole, striking.ports);
  const rejects = (memory: Memory): Seen =>
    Object.fromEntries(Object.entries(visible(memory)).filter(([name]) => name.startsWith('raw.partitions')));
  assert.deepEqual(rejects(whole), {
    [`raw.partitions ${DAYS[0]}`]: 'a1',
    [`raw.partitions ${DAYS[1]}`]: 'b1, b2',
    [`raw.partitions ${DAYS[2]}`]: 'c1',
    [`raw.partitions_rejects ${DAYS[0]}`]: 'bad a2',
    [`raw.partitions_rejects ${DAYS[3]}`]: 'bad d1',
  });
  for (let at = 1; at <= striking.calls(); at += 1) {
    const memory = copyMemory(loaded);
    await back(memory, strikingPorts(memory, new Map([[at, 'die-after']])).ports).catch(() => undefined);
    const days = rejects(memory)[`raw.partitions ${DAYS[0]}`];
    await load(memory);
    assert.deepEqual(rejects(memory), days === 'a1' ? rejects(whole) : rejects(loaded), `at ${at}`);
  }
});

test('gc leaves the rejects of what is shown and of what can be rolled back to', async () => {
  const memory = copyMemory(start);
  await load(memory);
  const now = (): number => Date.parse('2025-04-15T07:00:00Z');
  const collect = () =>
    gc(contextOf(memory, memoryPorts(memory), { definitions, now }), {
      ...LOADED,
      olderThanDays: 1,
      delete: true,
    });
  await collect();
  const before = visible(memory);
  assert.deepEqual(before, wanted);
  await back(memory);
  assert.equal(visible(memory)[`raw.partitions_rejects ${DAYS[0]}`], 'bad a2');
});

test('another bound changes nothing of a load that was begun; another check starts it anew', async () => {
  const memory = copyMemory(start);
  let at = 1;
  const isOpen = (): boolean => JSON.stringify(outcome(memory)).includes('queryId');
  for (; at < calls && !isOpen(); at += 1) {
    Object.assign(memory, copyMemory(start));
    await load(memory, strikingPorts(memory, new Map([[at, 'die-after']])).ports).catch(() => undefined);
  }
  assert.ok(isOpen());
  const stricter = definitionsWith((_path, text) =>
    text
      .replace(/load: \{ mode: (partitions|replace|files) \}/, 'load: { mode: $1, rejects: { max_rows: 1 } }')
      .replace('checks: [{ not_null: line }]', 'checks: [{ not_null: line }, { regex: { column: line, pattern: x } }]'),
  );
  await run(memory, memoryPorts(memory), { definitions: stricter }, LOADED);
  assert.deepEqual(visible(memory), wanted);
});

test('the tables of rejects follow from the definitions', () => {
  const names = definitions.tables.flatMap((table) => rejectsTable(table)?.name ?? []);
  assert.deepEqual(names.toSorted(), ['files_rejects', 'partitions_rejects', 'replace_rejects']);
});
