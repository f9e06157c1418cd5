import type { LoadSummary } from '../../scripts/commands/load.ts';
import { readLedger } from '../../scripts/core/load/index.ts';
import type { Memory } from './memory.ts';

// What must hold of notices: none of them comes before what it tells of can be queried, none is missing.

export interface Told {
  readonly state: string;
  readonly table: string;
  readonly load_id: string;
  readonly partition_count: number;
}

export const toldIn = (memory: Memory): readonly Told[] => memory.notices.map(({ message }) => JSON.parse(message));

/** How many partitions each load has in the catalog, by its id. */
function shownLoads(memory: Memory): ReadonlyMap<string, number> {
  const entries = [...memory.partitions.values()].flatMap((each) => [...each.values()]);
  const shown = new Map<string, number>();
  for (const { parameters } of [...entries, ...memory.tables.values()]) {
    const id = readLedger(parameters)?.id;
    if (id !== undefined) shown.set(id, (shown.get(id) ?? 0) + 1);
  }
  return shown;
}

/** The notices, from the first `known` on, that came before all that they tell of could be queried. */
export function tooSoon(memory: Memory, known: number): readonly string[] {
  if (memory.notices.length <= known) return [];
  const shown = shownLoads(memory);
  return toldIn(memory)
    .slice(known)
    .filter((each) => each.state === 'loaded' && (shown.get(each.load_id) ?? 0) < each.partition_count)
    .map((each) => `told too soon of ${JSON.stringify(each)}`);
}

/** Loads that can be queried now, could not before, and that nobody was told of. */
export function untoldLoads(before: Memory, memory: Memory): readonly string[] {
  const old = shownLoads(before);
  const told = new Map<string, number>();
  for (const { state, load_id, partition_count } of toldIn(memory)) {
    if (state === 'loaded') told.set(load_id, Math.max(told.get(load_id) ?? 0, partition_count));
  }
  return [...shownLoads(memory)]
    .filter(([id, partitions]) => !old.has(id) && (told.get(id) ?? 0) < partitions)
    .map(([id]) => `nobody was told of load ${id}`);
}

/** Tables that failed or were blocked in a run, and that nobody was told of since the first `known` notices. */
export function untoldFailures(memory: Memory, known: number, { tables }: LoadSummary): readonly string[] {
  const told = toldIn(memory).slice(known);
  const bad = tables.filter(({ state }) => state === 'failed' || state === 'blocked');
  return bad
    .filter(({ state, table }) => !told.some((each) => each.state === state && each.table === table))
    .map(({ state, table }) => `nobody was told that ${table} ${state}`);
}
