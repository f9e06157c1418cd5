import type { Catalog, GlueTable } from '../catalog/catalog.ts';
import type { Scan } from '../sql/sql.ts';
import { duckdbType, quoteName, quoteText } from '../sql/types/index.ts';
import { partitionValue } from './scan/partition-value.ts';
import { matchingPartitions } from './scan/partitions.ts';
import type { Connection } from './session.ts';
import { partitionColumns } from './table-meta.ts';

/** The rows of `table$partitions`: one a partition, its values in their declared types. */
export async function partitionsSelect(
  scan: Scan,
  table: GlueTable,
  catalog: Catalog,
  connection: Connection,
): Promise<string> {
  const keys = partitionColumns(table);
  const partitions = await matchingPartitions(table, scan.partitionFilter, catalog, connection);
  if (partitions.length === 0) {
    const nulls = keys.map(({ name, type }) => `CAST(NULL AS ${duckdbType(type)}) AS ${quoteName(name)}`);
    return `SELECT ${nulls.join(', ')} WHERE false`;
  }
  const rows = partitions.map(({ values }) => `(${values.map(quoteText).join(', ')})`);
  const cells = keys.map(({ name, type }, k) => `${partitionValue(`v${k}`, type)} AS ${quoteName(name)}`);
  const names = keys.map((_, k) => `v${k}`).join(', ');
  return `SELECT ${cells.join(', ')} FROM (VALUES ${rows.join(', ')}) AS t(${names})`;
}
