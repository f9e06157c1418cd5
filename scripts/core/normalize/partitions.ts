import type { LoadedPartitions, PartitionShape, PartitionSummary } from '../model/actual.ts';
import { type CatalogPartition, LOAD_PREFIX } from '../model/catalog.ts';
import { canonicalJson } from './state.ts';

/** Sums partitions up: how many, the newest, their column lists, and which definitions loaded them. */
export function summarize(partitions: readonly CatalogPartition[]): PartitionSummary {
  const shapes = new Map<string, { -readonly [K in keyof PartitionShape]: PartitionShape[K] }>();
  const loads = new Map<string, { -readonly [K in keyof LoadedPartitions]: LoadedPartitions[K] }>();
  let newest: readonly string[] | undefined;
  for (const { values, storage, parameters } of partitions) {
    if (newest === undefined || compareValues(values, newest) > 0) newest = values;
    const key = canonicalJson([storage.columns, storage.serde]);
    const shape = shapes.get(key);
    if (shape) shape.count++;
    else shapes.set(key, { columns: storage.columns, serde: storage.serde, count: 1 });
    // What was rolled back is held on purpose: no backfill of it is to be proposed.
    const held = Boolean(parameters[`${LOAD_PREFIX}held`]);
    const definition = held ? '' : (parameters[`${LOAD_PREFIX}definition`] ?? '');
    const bytes = sourceBytes(parameters);
    const load = loads.get(definition);
    if (load === undefined) loads.set(definition, { count: 1, sourceBytes: bytes, first: values, last: values });
    else {
      load.count++;
      load.sourceBytes += bytes;
      if (compareValues(values, load.first) < 0) load.first = values;
      if (compareValues(values, load.last) > 0) load.last = values;
    }
  }
  return {
    count: partitions.length,
    newest,
    shapes: [...shapes.values()].sort((a, b) => b.count - a.count),
    loads: Object.fromEntries([...loads].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/**
 * Bytes of the source objects that a ledger entry is of. It names the first of very many and counts the rest: those are taken
 * to be of the same size.
 */
export function sourceBytes(parameters: Readonly<Record<string, string>>): number {
  try {
    const sources = JSON.parse(parameters[`${LOAD_PREFIX}sources`] ?? '[]') as readonly { readonly size?: number }[];
    const named = sources.reduce((sum, source) => sum + (source.size ?? 0), 0);
    const count = Number(parameters[`${LOAD_PREFIX}source_count`] ?? 0);
    const scaled = Math.round((named / sources.length) * count);
    return Number.isSafeInteger(scaled) && count > sources.length ? scaled : named;
  } catch {
    return 0;
  }
}

/** Orders partition values as people do: numbers by value, so that month 9 is before month 10. */
export function compareValues(a: readonly string[], b: readonly string[]): number {
  for (const [at, left] of a.entries()) {
    const right = b[at] ?? '';
    if (left === right) continue;
    const numbers = /^\d+$/.test(left) && /^\d+$/.test(right) ? Number(left) - Number(right) : 0;
    return numbers !== 0 ? numbers : left < right ? -1 : 1;
  }
  return 0;
}
