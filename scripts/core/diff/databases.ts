import type { Change } from '../change/change.ts';
import type { ActualLake } from '../model/actual.ts';
import type { CatalogDatabase } from '../model/catalog.ts';
import type { Definitions, Environment } from '../model/definition.ts';
import { actualDatabase, isManaged } from '../normalize/actual.ts';
import { desiredDatabases, physicalDatabase, STAGING } from '../normalize/desired.ts';
import { ENVIRONMENT } from '../normalize/properties.ts';
import type { DatabaseState } from '../normalize/state.ts';
import { displayDatabase } from './names.ts';
import type { DatabaseDiff } from './object-diff.ts';
import { diffDescription } from './table.ts';

/**
 * Tells one lake from others of the same account, of other repositories too: without it, one's databases would be the
 * other's leftovers, to be dropped. Buckets belong to one lake for sure, as their names are unique in all of AWS.
 */
export function lakeMark({ name, prefix, buckets }: Environment): string {
  const bucket = buckets.results ?? Object.values(buckets).sort()[0] ?? '';
  return [name, prefix, bucket].filter((part) => part !== '').join(' ');
}

/** A database that Weir made for this environment of this lake. */
export function isOurs(database: CatalogDatabase, environment: Environment): boolean {
  return isManaged(database) && database.parameters[ENVIRONMENT] === lakeMark(environment);
}

/** `dropped` names the objects that this plan drops: a database goes only when nothing is left in it. */
export function diffDatabases(
  definitions: Definitions,
  environment: Environment,
  actual: ActualLake,
  dropped: ReadonlySet<string>,
): readonly DatabaseDiff[] {
  const live = new Map(actual.databases.map((database) => [database.name.toLowerCase(), database]));
  const desired = desiredDatabases(definitions, environment);
  const wanted = new Set(desired.map((database) => database.database));
  // The staging database stays, loads or not: gc empties it.
  wanted.add(physicalDatabase(STAGING, environment));
  const gone = actual.databases
    .filter((database) => isOurs(database, environment) && !wanted.has(database.name.toLowerCase()))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    ...desired.map((after) => diffDatabase(after, live.get(after.database), environment)),
    ...gone.map((database) => goneDatabase(database, environment, actual, dropped)),
  ];
}

function diffDatabase(
  after: DatabaseState,
  actual: CatalogDatabase | undefined,
  environment: Environment,
): DatabaseDiff {
  const object = displayDatabase(after.database, environment);
  const common = { kind: 'database', object, after, actual, refusals: [] } as const;
  if (actual === undefined) {
    const change = { object, kind: 'create_database', risk: 'safe', reason: 'it is not there yet' } as const;
    return { ...common, standing: 'new', before: undefined, changes: [change] };
  }
  const before = actualDatabase(actual);
  const described = diffDescription(object, before.comment, after.comment);
  if (isOurs(actual, environment)) {
    return { ...common, standing: described.length === 0 ? 'in_sync' : 'pending', before, changes: described };
  }
  const adopt = { object, kind: 'adopt', risk: 'safe', reason: 'it is there already' } as const;
  return { ...common, standing: 'adopt', before, changes: [adopt, ...described] };
}

function goneDatabase(
  actual: CatalogDatabase,
  environment: Environment,
  lake: ActualLake,
  dropped: ReadonlySet<string>,
): DatabaseDiff {
  const object = displayDatabase(actual.name, environment);
  const left = lake.tables
    .filter(({ table }) => table.database.toLowerCase() === actual.name.toLowerCase())
    .map(({ table }) => `${object}.${table.name.toLowerCase()}`)
    .filter((name) => !dropped.has(name));
  const change: Change =
    left.length === 0
      ? { object, kind: 'drop_database', risk: 'destructive', reason: 'no definition names it and nothing is in it' }
      : {
          object,
          kind: 'unsupported',
          what: 'drop database',
          cure: `move or drop what Weir did not make: ${left.join(', ')}`,
          risk: 'destructive',
          reason: 'it is not empty',
        };
  return {
    kind: 'database',
    object,
    standing: 'gone',
    before: actualDatabase(actual),
    after: undefined,
    actual,
    changes: [change],
    refusals: [],
  };
}
