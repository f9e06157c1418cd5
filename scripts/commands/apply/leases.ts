import { isLoaded, keyOf, type LoadedTable } from '../../core/load/index.ts';
import type { Definitions } from '../../core/model/definition.ts';
import type { Plan, PlannedObject } from '../../core/plan/plan.ts';
import type { Lease } from '../load/lease.ts';

/** The lease of a load, taken while apply alters its table: no load may publish into a table that is being changed. */
export type TableLease = Pick<Lease, 'hold' | 'during' | 'release'>;

/** Takes the leases that an object needs while it is altered; none for views, databases and tables that nothing loads. */
export type TakeLeases = (object: string) => Promise<readonly TableLease[]>;

export const NO_LEASES: TakeLeases = async () => [];

/** The leases of a plan's tables. A table that is new in the catalog cannot be under a load yet. */
export function leasesOf(
  plan: Plan,
  definitions: Definitions,
  acquire: (table: LoadedTable) => Promise<TableLease>,
): TakeLeases {
  const tables = new Map(definitions.tables.map((table) => [keyOf(table), table]));
  return async (object) => {
    const planned = plan.objects.find((each) => each.object === object && each.kind === 'table');
    const table = tables.get(object);
    const loaded = table && tables.get(table.rejectsOf ?? object);
    if (planned === undefined || planned.standing === 'new' || !loaded || !isLoaded(loaded)) return [];
    const taken: TableLease[] = [];
    try {
      for (const name of namesOf(planned, loaded)) taken.push(await acquire({ ...loaded, name }));
    } catch (error) {
      await releaseAll(taken);
      throw error;
    }
    return taken;
  };
}

/** A table that is renamed is held under both its names: an older checkout may load it under the one before. */
function namesOf({ changes }: PlannedObject, { name, renamedFrom }: LoadedTable): readonly string[] {
  const isRenamed = renamedFrom !== undefined && changes.some((change) => change.kind === 'rename_table');
  return isRenamed ? [renamedFrom, name] : [name];
}

/** Keeps leases while some work is done. */
export function during<T>(leases: readonly TableLease[], work: Promise<T>): Promise<T> {
  return leases.reduce((kept, each) => each.during(kept), work);
}

/** Gives leases back; one that cannot be given back runs out by itself. */
export async function releaseAll(leases: readonly TableLease[]): Promise<void> {
  for (const each of leases) await each.release().catch(() => undefined);
}
