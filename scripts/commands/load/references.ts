import pMap from 'p-map';
import { keyOf, type LoadedTable, placesOf, type Reference } from '../../core/load/index.ts';
import type { CatalogPartition, CatalogTable } from '../../core/model/catalog.ts';
import { UserError } from '../../core/model/exit.ts';
import { isFault } from '../../core/model/fault.ts';
import { inEnvironment, type LoadContext } from './context.ts';
import { openIntents } from './lease.ts';

/** What points to the files of loads, for gc: nothing that it finds here is deleted. */

/** Everything of a table that points to files: its partitions or itself, the loads kept for rollback, those under way. */
export async function ownReferences(context: LoadContext, table: LoadedTable): Promise<readonly Reference[]> {
  const by = keyOf(table);
  // Loads under way first: one that ends meanwhile has published by then, and is found in the catalog after it.
  const intents = await openIntents(context, table);
  if (intents === undefined) {
    const cure = `nothing of it is deleted; npm run load -- --table ${by} mends its lease`;
    throw new UserError(`the lease of ${by} cannot be read, so nothing says which loads are under way`, cure);
  }
  const [database, name] = [inEnvironment(context, table.database), table.name];
  const live = await context.glue.getTable(database, name);
  if (live === undefined) {
    throw new UserError(`${by} is not in the catalog`, 'nothing of it is deleted; npm run plan shows why');
  }
  const entries = table.partitions.length > 0 ? await context.glue.listPartitions(database, name) : [live];
  const places = [...entries.flatMap(placesOf), ...intents.map((intent) => intent.location)];
  return places.map((location) => ({ location, by }));
}

/** More at once only wait for the rate limiter. */
const AT_ONCE = 8;

/**
 * What every other table of the catalog points to, with its partitions, whosever it is. Glue finds no partition by its
 * location, so all are read: that is why it is asked only where there is something to delete.
 */
export async function catalogReferences(
  context: LoadContext,
  except: readonly LoadedTable[],
): Promise<readonly Reference[]> {
  const known = new Set(except.map((table) => `${inEnvironment(context, table.database)}.${table.name}`));
  const databases = await context.glue.listDatabases();
  const tables = await pMap(
    databases,
    ({ name }) => orRefuse(() => context.glue.listTables(name), `the tables of ${name}`, 'GetTables'),
    { concurrency: AT_ONCE },
  );
  const others = tables.flat().filter((table) => !known.has(nameOf(table)));
  const found = await pMap(others, (table) => referencesOf(context, table), { concurrency: AT_ONCE });
  return found.flat();
}

async function referencesOf(context: LoadContext, table: CatalogTable): Promise<readonly Reference[]> {
  context.signal.throwIfAborted();
  const by = nameOf(table);
  const ask = (): Promise<readonly CatalogPartition[]> => context.glue.listPartitions(table.database, table.name);
  const entries =
    table.partitionKeys.length === 0 ? [] : await orRefuse(ask, `the partitions of ${by}`, 'GetPartitions');
  return [table, ...entries].flatMap(placesOf).map((location) => ({ location, by }));
}

function nameOf(table: CatalogTable): string {
  return `${table.database}.${table.name}`;
}

/** What cannot be read may point anywhere. What is gone meanwhile points nowhere. */
async function orRefuse<T>(ask: () => Promise<readonly T[]>, what: string, right: string): Promise<readonly T[]> {
  try {
    return await ask();
  } catch (error) {
    if (isFault(error, 'not-found')) return [];
    if (!isFault(error, 'denied', 'permanent', 'limit', 'conflict')) throw error;
    throw new UserError(
      `${what} cannot be read, and may point to files of loads (${error.message})`,
      `nothing was deleted; give the role glue:${right} on it (where Lake Formation rules, DESCRIBE), or drop it from the catalog if it is of no use`,
      { cause: error },
    );
  }
}
