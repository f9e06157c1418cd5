import type { ActualLake, ActualTable } from '../model/actual.ts';
import type { CatalogDatabase } from '../model/catalog.ts';
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

/** Version numbers and times of writing would make every snapshot differ from the one before. */
function withoutNoise({ table, partitions }: ActualTable): ActualTable {
  const parameters = Object.fromEntries(
    Object.entries(table.parameters).filter(([key]) => key !== 'transient_lastDdlTime'),
  );
  const { LastAccessTime: _access, LastAnalyzedTime: _analyzed, ...rest } = table.rest;
  return { table: { ...table, parameters, rest, versionId: '' }, partitions };
}

function pretty(data: unknown): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(data)), null, 2)}\n`;
}

/** Glue names may hold what paths may not. */
function fileName(name: string): string {
  return encodeURIComponent(name).replace(/^\./, '%2E');
}
