import type { LakeCatalog } from '../catalog/lake-catalog.ts';
import type { JsonOperation, JsonService } from '../wire/json-service.ts';
import { batchCreatePartition } from './batch-create-partition.ts';
import { batchDeletePartition } from './batch-delete-partition.ts';
import { batchDeleteTable } from './batch-delete-table.ts';
import { batchDeleteTableVersion } from './batch-delete-table-version.ts';
import { batchGetPartition } from './batch-get-partition.ts';
import { batchUpdatePartition } from './batch-update-partition.ts';
import { createDatabase } from './create-database.ts';
import { createPartition } from './create-partition.ts';
import { createPartitionIndex } from './create-partition-index.ts';
import { createTable } from './create-table.ts';
import { deleteColumnStatisticsForPartition } from './delete-column-statistics-for-partition.ts';
import { deleteColumnStatisticsForTable } from './delete-column-statistics-for-table.ts';
import { deleteDatabase } from './delete-database.ts';
import { deletePartition } from './delete-partition.ts';
import { deletePartitionIndex } from './delete-partition-index.ts';
import { deleteTable } from './delete-table.ts';
import { deleteTableVersion } from './delete-table-version.ts';
import { getCatalogImportStatus } from './get-catalog-import-status.ts';
import { getColumnStatisticsForPartition } from './get-column-statistics-for-partition.ts';
import { getColumnStatisticsForTable } from './get-column-statistics-for-table.ts';
import { getDatabase } from './get-database.ts';
import { getDatabases } from './get-databases.ts';
import { getPartition } from './get-partition.ts';
import { getPartitionIndexes } from './get-partition-indexes.ts';
import { getPartitions } from './get-partitions.ts';
import { getTable } from './get-table.ts';
import { getTableVersion } from './get-table-version.ts';
import { getTableVersions } from './get-table-versions.ts';
import { getTables } from './get-tables.ts';
import { getTags } from './get-tags.ts';
import { getUserDefinedFunction } from './get-user-defined-function.ts';
import { getUserDefinedFunctions } from './get-user-defined-functions.ts';
import type { GlueOperation } from './operation.ts';
import { searchTables } from './search-tables.ts';
import { tagResource } from './tag-resource.ts';
import { untagResource } from './untag-resource.ts';
import { updateColumnStatisticsForPartition } from './update-column-statistics-for-partition.ts';
import { updateColumnStatisticsForTable } from './update-column-statistics-for-table.ts';
import { updateDatabase } from './update-database.ts';
import { updatePartition } from './update-partition.ts';
import { updateTable } from './update-table.ts';

const OPERATIONS: Readonly<Record<string, GlueOperation>> = {
  BatchCreatePartition: batchCreatePartition,
  BatchDeletePartition: batchDeletePartition,
  BatchDeleteTable: batchDeleteTable,
  BatchDeleteTableVersion: batchDeleteTableVersion,
  BatchGetPartition: batchGetPartition,
  BatchUpdatePartition: batchUpdatePartition,
  CreateDatabase: createDatabase,
  CreatePartition: createPartition,
  CreatePartitionIndex: createPartitionIndex,
  CreateTable: createTable,
  DeleteColumnStatisticsForPartition: deleteColumnStatisticsForPartition,
  DeleteColumnStatisticsForTable: deleteColumnStatisticsForTable,
  DeleteDatabase: deleteDatabase,
  DeletePartition: deletePartition,
  DeletePartitionIndex: deletePartitionIndex,
  DeleteTable: deleteTable,
  DeleteTableVersion: deleteTableVersion,
  GetCatalogImportStatus: getCatalogImportStatus,
  GetColumnStatisticsForPartition: getColumnStatisticsForPartition,
  GetColumnStatisticsForTable: getColumnStatisticsForTable,
  GetDatabase: getDatabase,
  GetDatabases: getDatabases,
  GetPartition: getPartition,
  GetPartitionIndexes: getPartitionIndexes,
  GetPartitions: getPartitions,
  GetTable: getTable,
  GetTableVersion: getTableVersion,
  GetTableVersions: getTableVersions,
  GetTables: getTables,
  GetTags: getTags,
  GetUserDefinedFunction: getUserDefinedFunction,
  GetUserDefinedFunctions: getUserDefinedFunctions,
  SearchTables: searchTables,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateColumnStatisticsForPartition: updateColumnStatisticsForPartition,
  UpdateColumnStatisticsForTable: updateColumnStatisticsForTable,
  UpdateDatabase: updateDatabase,
  UpdatePartition: updatePartition,
  UpdateTable: updateTable,
};

/** The Glue data catalog over the wire. What is not listed here is refused by its name. */
export function createGlueService(options: { readonly catalog: LakeCatalog }): JsonService {
  const operations = Object.entries(OPERATIONS).map(([name, { run }]): [string, JsonOperation] => [
    name,
    (input, context) => run(input, { ...context, catalog: options.catalog }),
  ]);
  return { target: 'AWSGlue', operations: Object.fromEntries(operations) };
}
