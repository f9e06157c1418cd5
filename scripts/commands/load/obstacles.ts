import { type FileWork, type LoadedTable, type PlannedWork, unitKey } from '../../core/load/index.ts';
import { partitionName } from '../../core/partition/index.ts';
import type { Discovery } from './discover.ts';
import type { Mapped } from './mapping.ts';

/** Mode files: why objects cannot be loaded now. */

/** `guilty` are the keys of the objects, '' among them where it cannot be told which. */
export interface Obstacle {
  readonly guilty: ReadonlySet<string>;
  readonly what: string;
  readonly cure: string;
}

/** Rows without a partition value have no place in the table. */
export function homelessRows(table: LoadedTable, mapping: readonly Mapped[]): Obstacle | undefined {
  const guilty = new Set(mapping.filter((each) => each.values.includes(null)).map((each) => each.object ?? ''));
  if (guilty.size === 0) return undefined;
  const names = table.partitions.map((column) => column.name).join(', ');
  const cure = 'leave such rows out in load.sql (WHERE ... IS NOT NULL)';
  return { guilty, what: `has rows without ${names}`, cure };
}

/** The objects among some that are new or changed: what else is read again for a range that is asked for is as it was. */
export function freshAmong({ units }: Discovery, keys: readonly string[]): ReadonlySet<string> {
  const asked = new Set(
    units.flatMap(({ state, values: [key = ''] }) => (state.kind === 'due' && state.reason === 'asked' ? [key] : [])),
  );
  return new Set(keys.filter((key) => !asked.has(key)));
}

/** The fresh objects that have or had rows in a partition. */
export function freshIn(
  { ledger }: Discovery,
  { values, objects }: FileWork,
  fresh: ReadonlySet<string>,
): readonly string[] {
  const before = ledger.get(unitKey(values))?.sources ?? [];
  return [...new Set([...objects, ...before].map((object) => object.key))].filter((key) => fresh.has(key));
}

/**
 * The partitions that are asked for, and those that a fresh object has or had rows in. What else an object that is read
 * again for a range touches is as it was: it may be stale, or held, and stays so.
 */
export function wantedOf(
  discovery: Discovery,
  work: readonly PlannedWork[],
  fresh: ReadonlySet<string>,
): readonly PlannedWork[] {
  return work.filter(
    (each) => discovery.asked?.has(unitKey(each.values)) || freshIn(discovery, each, fresh).length > 0,
  );
}

/** Partitions that must not be made anew now: held ones, and those with rows of another program. */
export function obstacleOf(
  discovery: Discovery,
  work: readonly FileWork[],
  fresh: ReadonlySet<string>,
): Obstacle | undefined {
  const held = guiltyIn(
    discovery,
    work.filter((each) => isHeld(discovery, each)),
    fresh,
  );
  if (held.size > 0) {
    const cure = 'npm run rollback -- --release lets it be loaded again, load --from --to loads it at once';
    return { guilty: held, what: 'has or had rows in a partition that is held', cure };
  }
  const strange = guiltyIn(
    discovery,
    work.filter((each) => isStrange(discovery, each)),
    fresh,
  );
  if (strange.size === 0) return undefined;
  const cure =
    'leave these rows out in load.sql, or drop the partition from the catalog once its rows are in landing files';
  return { guilty: strange, what: 'has rows in a partition that another program loaded', cure };
}

function guiltyIn(discovery: Discovery, work: readonly FileWork[], fresh: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(work.flatMap((each) => freshIn(discovery, each, fresh)));
}

/** Rolled back, and nobody asked for it. */
function isHeld({ ledger, asked }: Discovery, { values }: FileWork): boolean {
  return ledger.get(unitKey(values))?.held !== undefined && !asked?.has(unitKey(values));
}

/** A partition without a ledger holds rows that no object tells of: making it anew would lose them. */
function isStrange({ ledger, existing }: Discovery, { values }: FileWork): boolean {
  return existing.has(unitKey(values)) && !ledger.has(unitKey(values));
}

/** A partition that waits, with the objects that would touch it: none where it was just asked for. */
export interface Waiting extends Obstacle {
  readonly partition: string;
}

/**
 * Partitions that are made of an object whose content is set aside, or that is gone: S3 keeps no earlier version, so their
 * rows could only be lost, or be replaced by rejected ones. They stay as they are until the object is mended.
 */
export function waitingFor(
  discovery: Discovery,
  work: readonly PlannedWork[],
  fresh: ReadonlySet<string>,
): readonly Waiting[] {
  const there = new Set(discovery.units.map(({ values }) => values[0]));
  return work.flatMap((each): readonly Waiting[] => {
    const [first, ...more] = each.changed;
    if (first === undefined) return [];
    const partition = partitionName(discovery.table.partitions, each.values);
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
    const fate = there.has(first.key) ? 'has changed since and is set aside' : 'is gone from there';
    const what = `waits for ${first.key}${others}, which partition ${partition} is made of too and which ${fate}`;
    const cure = `correct it, or put it back as it was${there.has(first.key) ? '' : '; if its rows are to go, put a file without rows in its place'}`;
    return [{ guilty: new Set(freshIn(discovery, each, fresh)), what, cure, partition }];
  });
}
