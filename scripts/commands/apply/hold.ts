import { isLoaded, keyOf, type LoadedTable } from '../../core/load/index.ts';
import type { Definitions } from '../../core/model/definition.ts';
import type { Plan, PlannedObject } from '../../core/plan/plan.ts';
import type { Lease } from '../load/lease.ts';

/** The lease of a load, taken while apply alters its table: no load may publish into a table that is being changed. */
export type Held = Pick<Lease, 'hold' | 'during' | 'release'>;

/** Takes what must be held while an object is altered; nothing for views, databases and tables that nothing loads. */
export type Holding = (object: string) => Promise<readonly Held[]>;

export const NOTHING_HELD: Holding = async () => [];

/** The leases of a plan's tables. A table that is new in the catalog cannot be under a load yet. */
export function holding(plan: Plan, definitions: Definitions, acquire: (table: LoadedTable) => Promise<Held>): Holding {
  const tables = new Map(definitions.tables.map((table) => [keyOf(table), table]));
  return async (object) => {
    const planned = plan.objects.find((each) => each.object === object && each.kind === 'table');
    const table = tables.get(object);
    const loaded = table && tables.get(table.rejectsOf ?? object);
    if (planned === undefined || planned.standing === 'new' || !loaded || !isLoaded(loaded)) return [];
    const held: Held[] = [];
    try {
      for (const name of namesOf(planned, loaded)) held.push(await acquire({ ...loaded, name }));
    } catch (error) {
      await releaseAll(held);
      throw error;
    }
    return held;
  };
}

/** A table that is renamed is held under both its names: an older checkout may load it under the one before. */
function namesOf({ changes }: PlannedObject, { name, renamedFrom }: LoadedTable): readonly string[] {
  const isRenamed = renamedFrom !== undefined && changes.some((change) => change.kind === 'rename_table');
  return isRenamed ? [renamedFrom, name] : [name];
}

/** Keeps what is held while some work is done. */
export function during<T>(held: readonly Held[], work: Promise<T>): Promise<T> {
  return held.reduce((kept, each) => each.during(kept), work);
}

/** Gives back what is held; a lease that cannot be given back runs out by itself. */
export async function releaseAll(held: readonly Held[]): Promise<void> {
  for (const each of held) await each.release().catch(() => undefined);
}
