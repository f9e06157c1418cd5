import type { ActualLake, ActualTable } from '../model/actual.ts';
import { type CatalogDatabase, LOAD_PREFIX } from '../model/catalog.ts';
import { sourceBytes } from '../normalize/partitions.ts';
import { canonicalJson } from '../normalize/state.ts';

/**
 * The catalog's metadata as files: one an object, sorted and stable, so that a branch of them is the catalog's history.
 * No rows, and partitions only summed up.
 */
export interface SnapshotFile {
  readonly path: string;
  readonly text: string;
}

const VERSION = 1;

export function snapshotFiles(lake: ActualLake, environment: string): readonly SnapshotFile[] {
  const meta = { version: VERSION, environment };
  return [
    { path: 'snapshot.json', text: pretty(meta) },
    ...lake.databases.map((database) => ({ path: `${fileName(database.name)}/database.json`, text: pretty(database) })),
    ...lake.tables.map((each) => ({
      path: `${fileName(each.table.database)}/${fileName(each.table.name)}.table.json`,
      text: pretty(withoutNoise(each)),
    })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Reads such files back; undefined where they are no snapshot of this version. */
export function readSnapshotFiles(
  files: readonly SnapshotFile[],
): { lake: ActualLake; environment: string } | undefined {
  const meta = files.find((file) => file.path === 'snapshot.json');
  if (meta === undefined) return undefined;
  const { version, environment } = JSON.parse(meta.text) as { version?: number; environment?: string };
  if (version !== VERSION) return undefined;
  const databases: CatalogDatabase[] = [];
  const tables: ActualTable[] = [];
  for (const { path, text } of files) {
    if (path.endsWith('/database.json')) databases.push(JSON.parse(text) as CatalogDatabase);
    else if (path.endsWith('.table.json')) tables.push(JSON.parse(text) as ActualTable);
  }
  return { lake: { databases, tables }, environment: environment ?? '' };
}

/** Version numbers, times of writing and each night's load would make every snapshot differ from the one before. */
function withoutNoise({ table, partitions }: ActualTable): ActualTable {
  const { LastAccessTime: _access, LastAnalyzedTime: _analyzed, ...rest } = table.rest;
  return { table: { ...table, parameters: withoutLedger(table.parameters), rest, versionId: '' }, partitions };
}

/** Of a ledger entry a plan needs the definition and the size of its sources alone. */
function withoutLedger(parameters: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [definition, sources] = [`${LOAD_PREFIX}definition`, `${LOAD_PREFIX}sources`];
  const kept = Object.entries(parameters).filter(
    ([key]) => key === definition || (key !== 'transient_lastDdlTime' && !key.startsWith(LOAD_PREFIX)),
  );
  const size = sourceBytes(parameters);
  return Object.fromEntries(size === 0 ? kept : [...kept, [sources, JSON.stringify([{ size }])]]);
}

function pretty(data: unknown): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(data)), null, 2)}\n`;
}

/** Glue names may hold what paths may not. */
function fileName(name: string): string {
  return encodeURIComponent(name).replace(/^\./, '%2E');
}
