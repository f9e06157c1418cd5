import { asEngineFailure } from '../../src/engine/runtime-failure.ts';
import { createFooters } from '../../src/engine/scan/footer.ts';
import { JSON_MACROS } from '../../src/engine/scan/json.ts';
import { createPlainText } from '../../src/engine/scan/plain-text.ts';
import { prepareScan } from '../../src/engine/scan/scan.ts';
import { openSession, type Session } from '../../src/engine/session.ts';
import type { TestLake } from './harness.ts';

export interface ScanResult {
  readonly rows: readonly (readonly unknown[])[];
  readonly bytes: number;
  readonly partitions: number;
  readonly files: number;
}

/** Scans of tables without the SQL front: the engine's part alone. */
export interface Scanner {
  scan(table: string, columns: readonly string[], partitionFilter?: string): Promise<ScanResult>;
  session: Session;
  close(): void;
}

export async function openScanner(lake: TestLake): Promise<Scanner> {
  const session = await openSession({ dir: lake.dir, scratch: lake.objects.scratch(), macros: JSON_MACROS });
  const footers = createFooters(lake.objects);
  const plainText = createPlainText(lake.objects);
  return {
    session,
    close: () => session.close(),
    scan: async (name, columns, partitionFilter) => {
      const [database = '', table = ''] = name.split('.');
      const connection = await session.connect();
      try {
        const scan = { relation: 'r', database, table, columns, partitionFilter };
        const services = { objects: lake.objects, catalog: lake.catalog, footers, plainText };
        const prepared = await prepareScan(scan, lake.catalog.table(database, table)!, services, connection);
        const list = columns.length === 0 ? '1 AS "one"' : columns.map((column) => `"${column}"`).join(', ');
        const reader = await connection.read(`SELECT ${list} FROM (${prepared.select}) ORDER BY ALL`);
        return {
          rows: reader.getRowsJson(),
          bytes: prepared.bytes,
          partitions: prepared.partitions,
          files: prepared.files,
        };
      } catch (error) {
        const { code, message } = asEngineFailure(error);
        throw new Error(`${code}: ${message}`);
      } finally {
        connection.close();
      }
    },
  };
}
