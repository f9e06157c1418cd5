import { evenScanCost } from '../load/cost.ts';
import { definitionHash } from '../load/definition-hash.ts';
import { loadGraph } from '../load/graph.ts';
import { mostPartitions } from '../load/reject-entries.ts';
import type { ActualLake, ActualTable, LoadedPartitions } from '../model/actual.ts';
import { LOAD_PREFIX } from '../model/catalog.ts';
import type { Definitions, Environment, TableDefinition } from '../model/definition.ts';
import { desiredTable } from '../normalize/desired.ts';
import { compareValues, sourceBytes } from '../normalize/partitions.ts';
import { daysOf } from '../partition/index.ts';

/** A table of which partitions were loaded by another definition than today's. */
export interface StaleTable {
  readonly table: string;
  /** Undefined for a table that is loaded as a whole. */
  readonly partitions: { readonly stale: number; readonly of: number } | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Bytes of the landing files that a backfill would read, as the ledger has them. */
  readonly sourceBytes: number;
  /** Loaded tables that it would read as well: no ledger says how many bytes, so the price is the least that it can be. */
  readonly upstream: readonly string[];
  readonly queries: number;
  readonly usd: number;
  /** The backfill. Nothing reloads by itself. */
  readonly command: string;
}

/** Loaded tables whose data was made by another load.sql or for other columns. */
export function staleTables(
  definitions: Definitions,
  environment: Environment,
  actual: ActualLake,
): readonly StaleTable[] {
  // What SQL reads is worked out only where there is something to be told.
  const upstream = (table: string): readonly string[] => loadGraph(definitions).upstream.get(table) ?? [];
  const live = new Map(actual.tables.map((each) => [`${each.table.database}.${each.table.name}`.toLowerCase(), each]));
  return definitions.tables.flatMap((table) => {
    if (table.load === undefined) return [];
    const { database, name } = desiredTable(table, environment);
    const found = live.get(`${database}.${name}`);
    if (found === undefined) return [];
    const stale = (table.load.mode === 'replace' ? staleWhole : stalePartitions)(table, environment, found);
    return stale.map((each) => ({ ...each, upstream: upstream(each.table) }));
  });
}

function staleWhole(
  table: TableDefinition,
  environment: Environment,
  { table: live }: ActualTable,
): readonly Omit<StaleTable, 'upstream'>[] {
  const loaded = live.parameters[`${LOAD_PREFIX}definition`];
  if (live.parameters[`${LOAD_PREFIX}held`]) return [];
  if (loaded === undefined || loaded === definitionHash(table)) return [];
  const bytes = sourceBytes(live.parameters);
  const name = `${table.database}.${table.name}`;
  // Any day asks for a reload of a table that is loaded as a whole.
  const command = `npm run load -- --env ${environment.name} --table ${name} --from 1970-01-01`;
  const cost = { sourceBytes: bytes, queries: 1, usd: evenScanCost(bytes, 1) };
  return [{ table: name, partitions: undefined, from: undefined, to: undefined, ...cost, command }];
}

function stalePartitions(
  table: TableDefinition,
  environment: Environment,
  { partitions }: ActualTable,
): readonly Omit<StaleTable, 'upstream'>[] {
  const now = definitionHash(table);
  const groups = Object.entries(partitions?.loads ?? {}).filter(([hash]) => hash !== '' && hash !== now);
  if (groups.length === 0 || partitions === undefined) return [];
  const all = groups.map(([, group]) => group).reduce(join);
  const from = daysOf(table.partitions, all.first)?.from;
  const to = daysOf(table.partitions, all.last)?.to;
  const queries = Math.ceil(all.count / mostPartitions(table));
  const name = `${table.database}.${table.name}`;
  const range = from === undefined || to === undefined ? '' : ` --from ${from} --to ${to}`;
  return [
    {
      table: name,
      partitions: { stale: all.count, of: partitions.count },
      from,
      to,
      sourceBytes: all.sourceBytes,
      queries,
      usd: evenScanCost(all.sourceBytes, queries),
      command: `npm run load -- --env ${environment.name} --table ${name}${range}`,
    },
  ];
}

function join(a: LoadedPartitions, b: LoadedPartitions): LoadedPartitions {
  return {
    count: a.count + b.count,
    sourceBytes: a.sourceBytes + b.sourceBytes,
    first: compareValues(a.first, b.first) <= 0 ? a.first : b.first,
    last: compareValues(a.last, b.last) >= 0 ? a.last : b.last,
  };
}
