import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { applyLake } from '../../scripts/commands/apply/apply.ts';
import { gc } from '../../scripts/commands/gc.ts';
import { acquireLease } from '../../scripts/commands/load/lease.ts';
import { rollback } from '../../scripts/commands/rollback.ts';
import { readLedger } from '../../scripts/core/load/index.ts';
import { catalogOf } from '../core/pure-catalog.ts';
import { BLOWS, strikingPorts } from './crash.ts';
import { copyMemory, emptyMemory, type Memory, memoryPorts } from './memory.ts';
import { contextOf, DAYS, definitionsWith, dropDay, dropEvents, dropWhole, MODES, run, visible } from './stage.ts';
import { seeded, Turns } from './turns.ts';

/**
 * gc beside a load, a rollback and an apply, their AWS calls taking turns at random. It does not hold the lease (its role
 * may write nothing), so what it reads must be enough. No grace time helps here: all files are long since written.
 */

const LATER = Date.parse('2025-06-01T00:00:00Z');
const DEFINITIONS = definitionsWith((_, text) => text);
const WIDER = definitionsWith((path, text) =>
  path.endsWith('load.sql')
    ? text.replace('SELECT line', 'SELECT line, CAST(NULL AS date) AS d1')
    : path.includes('/raw/')
      ? text.replace(' }]\n', ' }, { name: d1, type: date, description: D }]\n')
      : text,
);

let start: Memory;
before(async () => {
  start = emptyMemory();
  const { tables } = catalogOf(DEFINITIONS, DEFINITIONS.lake.environments.local!);
  for (const { table } of tables) start.tables.set(`${table.database}.${table.name}`, table);
  // Four loads of everything: of the first two nothing is left but their files and what the ledger keeps.
  for (const word of ['one', 'two', 'three', 'four']) {
    change(start, word);
    await run(start, memoryPorts(start));
  }
  change(start, 'five');
  start.deleted.length = 0;
});

function change(memory: Memory, word: string): void {
  dropDay(memory, DAYS[0], `a${word}`);
  dropWhole(memory, `w${word}`);
  dropEvents(memory, 'e1', `d1:${word}`);
}

const RACES = Number(process.env.WEIR_RACES ?? 30);

test(`${RACES} races of gc with a load, a rollback and an apply: nothing that is pointed to is deleted`, async () => {
  let collected = 0;
  for (let seed = 1; seed <= RACES; seed += 1) collected += await race(seed);
  assert.ok(collected > RACES, `${collected} files were collected in all`);
});

async function race(seed: number): Promise<number> {
  const memory = copyMemory(start);
  const random = seeded(seed);
  const turns = new Turns(memory, random, 0);
  const begin = new Promise<void>((resolve) => turns.at(Math.floor(random() * 90), resolve));
  const told = `seed ${seed}`;
  const actor = (work: (turn: ReturnType<Turns['actor']>) => Promise<unknown>): Promise<unknown> => work(turns.actor());
  const back = { table: 'raw.partitions', from: DAYS[0], to: DAYS[0], load: undefined, release: false, dryRun: false };
  const ends = [
    // Either it takes turns with the others, or it is over while they stand still.
    actor(({ ports, over }) => begin.then(() => collect(memory, seed % 3 === 0 ? ports : memoryPorts(memory), over))),
    actor(({ ports, over }) => run(memory, ports, over)),
    actor(({ ports, over }) => rollback(contextOf(memory, ports, over), back)),
    ...(seed % 2 === 0 ? [actor(({ ports, over }) => apply(memory, ports, over))] : []),
  ];
  let seen = 0;
  await turns.drive(Promise.allSettled(ends), () => {
    assert.deepEqual(lost(memory, memory.deleted.slice(seen)), [], told);
    seen = memory.deleted.length;
    for (const mode of MODES) for (const rows of Object.values(visible(memory, mode))) assert.notEqual(rows, '', told);
  });
  const [collecting] = await Promise.allSettled(ends);
  assert.equal(collecting!.status, 'fulfilled', `${told}: ${collecting!.status === 'rejected' && collecting!.reason}`);
  assert.deepEqual(missing(memory), [], told);
  return memory.deleted.length;
}

test('struck at any call, and run again beside a load, gc deletes what nothing points to and no more', async () => {
  const whole = copyMemory(start);
  const striking = strikingPorts(whole, new Map());
  await collect(whole, striking.ports);
  for (const blow of BLOWS) {
    for (let at = 1; at <= striking.calls(); at += 1) {
      const memory = copyMemory(start);
      await collect(memory, strikingPorts(memory, new Map([[at, blow]])).ports).catch(() => undefined);
      assert.deepEqual(missing(memory), [], `${blow} at ${at}`);
      await collect(memory);
      const left = (of: Memory): string[] => [...of.objects.keys()].filter((path) => path.includes('/load-'));
      assert.deepEqual(left(memory), left(whole), `${blow} at ${at}`);
    }
  }
});

test('a rollback goes to a load that gc has seen kept, and is refused one that it took', async () => {
  const memory = copyMemory(start);
  const entry = memory.partitions.get('raw.partitions')!.get(JSON.stringify([DAYS[0]]))!;
  const named = readLedger(entry.parameters)!.previous.at(-1)!.id;
  await collect(memory);
  const back = { from: DAYS[0], to: DAYS[0], release: false, dryRun: false };
  await rollback(contextOf(memory, memoryPorts(memory)), { table: 'raw.partitions', ...back, load: named });
  assert.equal(visible(memory, 'partitions')[DAYS[0]], 'atwo');
  const gone = [...start.objects.keys()].find((path) => /^raw\/partitions\/load-/.test(path))!;
  const load = /load-([^/]+)\//.exec(gone)![1]!;
  assert.ok(!memory.objects.has(gone));
  await assert.rejects(
    rollback(contextOf(memory, memoryPorts(memory)), { table: 'raw.partitions', ...back, load }),
    /is not kept/,
  );
});

function collect(memory: Memory, ports = memoryPorts(memory), over = {}): Promise<unknown> {
  const context = contextOf(memory, ports, { ...over, now: () => LATER });
  return gc(context, { tables: [], olderThanDays: 1, delete: true });
}

/** A column more in every loaded table, and in every partition that is there. */
async function apply(memory: Memory, ports: ReturnType<typeof memoryPorts>, over = {}): Promise<unknown> {
  const environment = WIDER.lake.environments.local!;
  const { databases } = catalogOf(WIDER, environment);
  const listDatabases = async () => [...databases, ...(await ports.glue.listDatabases())];
  const request = { definitions: WIDER, environment, today: '2025-03-05', only: [], reviewed: undefined };
  const given = { ...ports, glue: { ...ports.glue, listDatabases }, environment };
  const context = contextOf(memory, ports, over);
  return applyLake(
    request,
    given,
    () => undefined,
    undefined,
    (table) => acquireLease(context, table, 'apply'),
  );
}

const entries = (memory: Memory) => [
  ...[...memory.partitions].flatMap(([name, map]) => (name.startsWith('raw.') ? [...map.values()] : [])),
  memory.tables.get('raw.replace')!,
];

/** Everything that the lake points to now. */
function kept(memory: Memory): readonly string[] {
  const shown = entries(memory).flatMap(({ storage, parameters }) => [
    storage.location,
    ...(readLedger(parameters)?.previous ?? []).map((past) => past.location),
  ]);
  const under = [...memory.objects]
    .filter(([path]) => path.endsWith('/lease.json'))
    .flatMap(([, { body }]) => (JSON.parse(body).intents ?? []) as { location: string }[]);
  return [...shown, ...under.map((intent) => intent.location)].map((each) => each.replace('s3://', ''));
}

function lost(memory: Memory, deleted: readonly string[]): readonly string[] {
  const folders = kept(memory);
  return deleted.filter((path) => folders.some((folder) => path.startsWith(folder)));
}

/** What is shown or could be rolled back to, and has not all of its files. */
function missing(memory: Memory): readonly string[] {
  const bytes = (location: string): number => {
    const paths = [...memory.objects].filter(([path]) => path.startsWith(location.replace('s3://', '')));
    return paths.reduce((sum, [, { body }]) => sum + body.length, 0);
  };
  return entries(memory).flatMap(({ storage, parameters }) => {
    const ledger = readLedger(parameters);
    const all = ledger === undefined ? [] : [{ ...ledger, location: storage.location }, ...ledger.previous];
    return all.filter((each) => bytes(each.location) < each.bytes).map((each) => each.location);
  });
}
