import { scanLimitExceeded } from '../athena/engine.ts';
import type { Compiled, Scan } from '../sql/sql.ts';
import { quoteName } from '../sql/types/index.ts';
import { INFORMATION_SCHEMA, informationSelect } from './information-schema.ts';
import { partitionsSelect } from './partitions-table.ts';
import { partitionsTableOf } from './relations.ts';
import { noSuchTable, type PreparedScan, prepareScan } from './scan/scan.ts';
import type { StatementContext } from './statement-context.ts';

export interface ScanTotals {
  readonly bytes: number;
  readonly scans: readonly (PreparedScan & { readonly scan: Scan })[];
}

/** Makes every relation that the compiled statement reads, and tells what reading them scans. */
export async function makeRelations(compiled: Compiled, context: StatementContext): Promise<ScanTotals> {
  const scans: (PreparedScan & { scan: Scan })[] = [];
  for (const scan of compiled.scans) {
    const prepared = await prepare(scan, context);
    scans.push({ ...prepared, scan });
  }
  const bytes = scans.reduce((sum, scan) => sum + scan.bytes, 0);
  const limit = context.request.workgroup.scanLimit;
  if (limit !== undefined && bytes > limit) throw scanLimitExceeded(bytes);
  for (const { scan, select } of scans) {
    await context.connection.run(`CREATE OR REPLACE TEMP VIEW ${quoteName(scan.relation)} AS ${select}`);
  }
  return { bytes, scans };
}

async function prepare(scan: Scan, context: StatementContext): Promise<PreparedScan> {
  const nothing = { bytes: 0, partitions: 0, files: 0 };
  if (scan.database === INFORMATION_SCHEMA) return { select: informationSelect(scan, context.catalog), ...nothing };
  const listed = partitionsTableOf(context.catalog, scan.database, scan.table);
  if (listed !== undefined) {
    return { select: await partitionsSelect(scan, listed, context.catalog, context.connection), ...nothing };
  }
  const table = context.catalog.table(scan.database, scan.table);
  if (table === undefined) throw noSuchTable(scan.database, scan.table);
  return prepareScan(scan, table, context, context.connection);
}
