import assert from 'node:assert/strict';
import { explain } from '../../scripts/adapters/entry.ts';
import { applyLake } from '../../scripts/commands/apply/apply.ts';
import { gc } from '../../scripts/commands/gc.ts';
import type { LoadContext } from '../../scripts/commands/load/context.ts';
import type { LoadSummary } from '../../scripts/commands/load.ts';
import { rollback } from '../../scripts/commands/rollback.ts';
import { readLedger } from '../../scripts/core/load/index.ts';
import type { CatalogPartition, CatalogTable } from '../../scripts/core/model/catalog.ts';
import type { Definitions } from '../../scripts/core/model/definition.ts';
import { catalogOf } from '../core/pure-catalog.ts';
import { type Blow, strikingPorts } from './crash.ts';
import { emptyMemory, type Memory, type MemoryPorts, memoryPorts } from './memory.ts';
import { dayText, emptyModel, type Model, modelLoad, modelRelease, modelRollback, type Range } from './model.ts';
import {
  contextOf,
  definitionsWith,
  dropDay,
  dropEvents,
  dropWhole,
  MODES,
  type Mode,
  outcome,
  run,
  visible,
} from './stage.ts';

/** One step of a sequence. It can be taken in whatever state the steps before it have left. */
export type Step =
  | { readonly do: 'day'; readonly day: number; readonly lines: readonly string[] }
  | { readonly do: 'whole'; readonly lines: readonly string[] }
  | { readonly do: 'event'; readonly name: string; readonly lines: readonly string[] }
  | { readonly do: 'tomorrow' }
  | { readonly do: 'edit'; readonly what: 'sql' | 'column' }
  | ({ readonly do: 'apply' | 'gc' } & Struck)
  | ({ readonly do: 'load' } & Struck)
  | ({ readonly do: 'reload'; readonly mode: Mode; readonly range: Range } & Struck)
  | ({ readonly do: 'rollback'; readonly mode: Mode; readonly range: Range; readonly which: 0 | 1 } & Struck)
  | ({ readonly do: 'release'; readonly mode: Mode } & Struck);

interface Struck {
  /** What happens at which AWS call of the step, if it has that many. */
  readonly blow?: readonly [at: number, blow: Blow];
}

interface World {
  readonly memory: Memory;
  /** What holds now. */
  model: Model;
}

const DEFINITIONS = new Map<string, Definitions>();

/** The definitions of a revision: other SQL, or more columns. */
function definitionsAt(revision: number, columns: number): Definitions {
  const key = `${revision}/${columns}`;
  const known = DEFINITIONS.get(key);
  if (known !== undefined) return known;
  const names = Array.from({ length: columns }, (_, index) => `d${index + 1}`);
  const line = revision === 0 ? 'line' : `concat(line, '~${revision}') AS line`;
  const more = names.map((name) => `, CAST(NULL AS date) AS ${name}`).join('');
  const declared = names.map((name) => `, { name: ${name}, type: date, description: D }`).join('');
  const made = definitionsWith((path, text) => {
    if (path.startsWith('pipeline/tables/raw/') && path.endsWith('table.yaml'))
      return text.replace(' }]\n', ` }${declared}]\n`);
    return path.endsWith('load.sql') ? text.replace('SELECT line', `SELECT ${line}${more}`) : text;
  });
  DEFINITIONS.set(key, made);
  return made;
}

function emptyWorld(): World {
  const memory = emptyMemory();
  const definitions = definitionsAt(0, 0);
  const { tables } = catalogOf(definitions, definitions.lake.environments.local!);
  for (const { table } of tables) memory.tables.set(`${table.database}.${table.name}`, table);
  return { memory, model: emptyModel() };
}

/** Takes the steps one by one and compares after each call and each step; throws at the first difference. */
export async function play(steps: readonly Step[]): Promise<void> {
  const world = emptyWorld();
  for (const [index, step] of steps.entries()) {
    try {
      await take(world, step);
    } catch (error) {
      throw new Error(`step ${index + 1}: ${JSON.stringify(step)}`, { cause: error });
    }
  }
  await comeToRest(world);
}

async function take(world: World, step: Step): Promise<void> {
  const { memory, model } = world;
  if (step.do === 'tomorrow') model.today += 1;
  else if (step.do === 'edit') {
    if (step.what === 'sql') model.revision += 1;
    else model.columns += 1;
  } else if (step.do === 'day') {
    dropDay(memory, dayText(step.day), step.lines.join('\n'));
    model.days.set(dayText(step.day), step.lines);
  } else if (step.do === 'whole') {
    dropWhole(memory, step.lines.join('\n'));
    model.whole = step.lines;
  } else if (step.do === 'event') {
    dropEvents(memory, step.name, step.lines.join('\n'));
    model.events.set(step.name, step.lines);
  } else await act(world, step);
}

type Verb = Exclude<Step, { readonly do: 'tomorrow' | 'edit' | 'day' | 'whole' | 'event' }>;

/** A verb: what it should do by the model, what it does, and whether readers saw anything else in between. */
async function act(world: World, step: Verb): Promise<void> {
  const { memory, model: before } = world;
  const after = structuredClone(before);
  const failing = expected(after, step);
  const stood = standing(memory);
  const kept = keptFolders(memory);
  const striking = strikingPorts(memory, new Map(step.blow === undefined ? [] : [step.blow]), () =>
    watch(memory, before, after),
  );
  const ended = await verb(world, step, striking.ports).then(
    (did) => did,
    (error: unknown) => error as Error,
  );
  if (ended instanceof assert.AssertionError || ended instanceof TypeError) throw ended;
  const struck = step.blow !== undefined && step.blow[0] <= striking.calls();
  if (!struck) {
    const is = ended instanceof Error ? { failing: [tableOf(step)], why: explain(ended) } : ended;
    assert.deepEqual(is.failing, failing, `the tables that should fail, and those that did: ${is.why}`);
  }
  world.model = struck ? whatHeld(memory, before, after, stood) : after;
  compare(memory, world.model);
  const gone = memory.deleted.filter((path) => kept.some((folder) => path.startsWith(folder)));
  assert.deepEqual(gone, [], 'deleted, though a table, its ledger or a load under way points there');
  if (step.do === 'gc' && !struck) assert.deepEqual(strayFolders(memory), [], 'left, though nothing points there');
}

/** Changes the model as the verb should change the lake; answers the tables of which something should fail. */
function expected(model: Model, step: Verb): readonly string[] {
  const unless = (good: boolean): readonly string[] => (good ? [] : [tableOf(step)]);
  switch (step.do) {
    case 'load':
      return MODES.filter((mode) => !modelLoad(model, mode, undefined)).map((mode) => `raw.${mode}`);
    case 'reload':
      return unless(modelLoad(model, step.mode, step.range));
    case 'rollback':
      return unless(modelRollback(model, step.mode, daysOf(step), step.which));
    case 'release':
      return unless(modelRelease(model, step.mode));
    case 'apply':
      for (const mode of MODES) model.applied[mode] = model.columns;
      return [];
    case 'gc':
      return [];
  }
}

function tableOf(step: Verb): string {
  return 'mode' in step ? `raw.${step.mode}` : 'all';
}

/** How a step ended: a user's error ends it as well as a failed table; anything else is a fault of Weir. */
interface Ended {
  readonly failing: readonly string[];
  readonly why: string;
}

async function verb(world: World, step: Verb, ports: MemoryPorts): Promise<Ended> {
  const { memory, model } = world;
  const definitions = definitionsAt(model.revision, model.columns);
  const over: Partial<LoadContext> = {
    definitions,
    now: () => Date.parse(`${dayText(model.today)}T07:00:00Z`) + memory.count,
  };
  const whole = { from: undefined, to: undefined, load: undefined, release: false, dryRun: false };
  switch (step.do) {
    case 'load':
      return told(await run(memory, ports, over));
    case 'reload': {
      const days = { from: dayText(step.range[0]), to: dayText(step.range[1]) };
      return told(await run(memory, ports, over, { tables: [`raw.${step.mode}`], ...days }));
    }
    case 'rollback': {
      const [from, to] = daysOf(step);
      const days = step.mode === 'replace' ? {} : { from: dayText(from), to: dayText(to) };
      const load = step.which === 0 ? undefined : pastLoad(memory, step.mode, dayText(from));
      await rollback(contextOf(memory, ports, over), { ...whole, table: `raw.${step.mode}`, ...days, load });
      return WELL;
    }
    case 'release':
      await rollback(contextOf(memory, ports, over), { ...whole, table: `raw.${step.mode}`, release: true });
      return WELL;
    case 'gc': {
      // The objects of the memory are all of one moment; this is long after it.
      const context = contextOf(memory, ports, { ...over, now: () => Date.parse('2025-06-01T00:00:00Z') });
      const result = await gc(context, { tables: [], olderThanDays: 7, delete: true });
      const failures = result.tables.flatMap((table) => table.failures);
      return { failing: failures.length === 0 ? [] : ['all'], why: failures.join() };
    }
    case 'apply':
      return applied(world, ports);
  }
}

const WELL: Ended = { failing: [], why: '' };

function told(summary: LoadSummary): Ended {
  const bad = summary.tables.filter((table) => table.state === 'failed' || table.state === 'blocked');
  const failing = bad.map((table) => table.table).toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  return { failing, why: JSON.stringify(bad.map((table) => [table.table, table.errors])) };
}

const ORDER = MODES.map((mode) => `raw.${mode}`);

async function applied({ memory, model }: World, ports: MemoryPorts): Promise<Ended> {
  const definitions = definitionsAt(model.revision, model.columns);
  const environment = definitions.lake.environments.local!;
  const { databases } = catalogOf(definitions, environment);
  const listDatabases = async () => [...databases, ...(await memoryPorts(memory).glue.listDatabases())];
  const rest = { environment, today: '2025-03-05', only: [], reviewed: undefined };
  const glue = { ...ports.glue, listDatabases };
  const result = await applyLake({ definitions, ...rest }, { ...ports, glue, environment }, () => undefined);
  return { failing: result.ok ? [] : ['all'], why: JSON.stringify([result.refused, result.outcomes]) };
}

/** A named load is that of one day; the load before may be asked for of several. */
function daysOf({ range, which }: Extract<Step, { do: 'rollback' }>): Range {
  return which === 0 ? range : [range[0], range[0]];
}

/** The id of the load before the one before; one that nobody knows where there is none. */
function pastLoad(memory: Memory, mode: Mode, day: string): string {
  const entry = entriesOf(memory, mode).get(mode === 'replace' ? '' : day);
  return (entry && readLedger(entry.parameters)?.previous[1]?.id) ?? 'none';
}

function entriesOf(memory: Memory, mode: Mode): ReadonlyMap<string, CatalogPartition | CatalogTable> {
  if (mode === 'replace') return new Map([['', memory.tables.get('raw.replace')!]]);
  return new Map([...(memory.partitions.get(`raw.${mode}`)?.values() ?? [])].map((each) => [each.values[0]!, each]));
}

/** The readers: rows are those from before or those from after, and no partition is ever missing. */
function watch(memory: Memory, before: Model, after: Model): void {
  for (const mode of MODES) {
    const seen = visible(memory, mode);
    for (const [key, rows] of Object.entries(seen)) {
      const known = [before, after].map(
        (model) => model.loaded[mode].get(key)?.rows ?? (mode === 'replace' ? '' : undefined),
      );
      assert.ok(known.includes(rows), `a reader of ${mode} ${key} saw ${rows}, not one of ${JSON.stringify(known)}`);
    }
    for (const key of before.loaded[mode].keys()) assert.ok(key in seen, `a reader missed ${mode} ${key}`);
  }
}

/** By which a change of a partition is known: the load that it shows, and whether it is held. */
function standing(memory: Memory): ReadonlyMap<string, string> {
  return new Map(
    MODES.flatMap((mode) =>
      [...entriesOf(memory, mode)].map(([key, entry]): [string, string] => {
        const ledger = readLedger(entry.parameters);
        return [`${mode} ${key}`, JSON.stringify([ledger?.id, ledger?.held])];
      }),
    ),
  );
}

/** After a blow each partition is as before or as after, and so is each table's shape. */
function whatHeld(memory: Memory, before: Model, after: Model, stood: ReadonlyMap<string, string>): Model {
  const model = structuredClone(before);
  const now = standing(memory);
  for (const mode of MODES) {
    for (const [key, entry] of after.loaded[mode]) {
      const name = `${mode} ${key}`;
      if (now.get(name) !== stood.get(name)) model.loaded[mode].set(key, entry);
    }
    const columns = memory.tables.get(`raw.${mode}`)!.storage.columns.length - 1;
    assert.ok([before.applied[mode], after.applied[mode]].includes(columns), `${mode} has ${columns} columns`);
    model.applied[mode] = columns;
  }
  const index = memory.objects.get('raw/weir-control/raw.files/files.json')?.body ?? '{}';
  model.known.clear();
  for (const [key, [etag]] of Object.entries(JSON.parse(index) as Record<string, [string]>)) {
    const [, name = ''] = /events\/(.*)\.csv$/.exec(key) ?? [];
    if (memory.objects.get(key.replace('s3://', ''))?.etag !== etag) continue;
    const text = JSON.stringify(model.events.get(name));
    const known = [before, after].some((each) => each.known.get(name) === text);
    assert.ok(known, `${name} is known, but not loaded`);
    model.known.set(name, text);
  }
  return model;
}

/** Rows, what a rollback would bring, and what is held: all of it as the model says. */
function compare(memory: Memory, model: Model): void {
  for (const mode of MODES) {
    const is = [...entriesOf(memory, mode)].flatMap(([key, { parameters, storage }]) => {
      const ledger = readLedger(parameters);
      if (ledger === undefined) return [];
      const past = ledger.previous.map(({ location }) => rowsAt(memory, location));
      return [
        { key, rows: rowsAt(memory, storage.location), held: ledger.held !== undefined, past, count: ledger.rows },
      ];
    });
    const wanted = [...model.loaded[mode]].map(([key, { rows, held, past }]) => {
      const count = rows === '' ? 0 : rows.split(' ').length;
      return { key, rows, held, past: past.map((each) => each.rows), count };
    });
    const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);
    assert.deepEqual(is.toSorted(byKey), wanted.toSorted(byKey), mode);
    assert.equal(
      memory.tables.get(`raw.${mode}`)!.storage.columns.length - 1,
      model.applied[mode],
      `columns of ${mode}`,
    );
  }
}

function rowsAt(memory: Memory, location: string): string {
  const folder = location.replace('s3://', '');
  const bodies = [...memory.objects].filter(([path]) => path.startsWith(folder)).map(([, object]) => object.body);
  return bodies
    .flatMap((body) => body.split('\n').filter((line) => line !== ''))
    .toSorted()
    .join(' ');
}

/** Everything that points to files: what is shown, what may be rolled back to, what is under way. */
function keptFolders(memory: Memory): readonly string[] {
  const entries = MODES.flatMap((mode) => [...entriesOf(memory, mode).values()]);
  const past = entries.flatMap((entry) => readLedger(entry.parameters)?.previous ?? []);
  const { intents } = outcome(memory) as { readonly intents: readonly { readonly location: string }[] };
  const shown = entries.flatMap((entry) => (readLedger(entry.parameters) ? [entry.storage.location] : []));
  return [...shown, ...[...past, ...intents].map((each) => each.location)].map((each) => each.replace('s3://', ''));
}

function strayFolders(memory: Memory): readonly string[] {
  const kept = keptFolders(memory);
  const folders = [...memory.objects.keys()].flatMap((path) => /^raw\/\w+\/load-[^/]+\//.exec(path) ?? []);
  return [...new Set(folders)].filter((folder) => !kept.some((each) => each.startsWith(folder)));
}

/** At the end one apply and one load bring everything to what the sources say, and a second one of each does nothing. */
async function comeToRest(world: World): Promise<void> {
  const { memory } = world;
  await act(world, { do: 'apply' });
  await act(world, { do: 'load' });
  const calls = memory.count;
  await act(world, { do: 'apply' });
  const held = [...world.model.loaded.files.values()].some((entry) => entry.held);
  const bad = held || [...world.model.days.values()].some((lines) => lines.includes('bad'));
  await act(world, { do: 'load' });
  if (!bad) assert.equal(memory.count, calls, 'nothing was due, and yet a statement was run');
  const { staging, intents } = outcome(memory) as Record<string, readonly unknown[]>;
  assert.deepEqual([staging, intents], [[], []], 'nothing is left under way');
}
