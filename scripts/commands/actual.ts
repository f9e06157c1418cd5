import pMap from 'p-map';
import { isOurs } from '../core/diff/databases.ts';
import type { ActualLake, ActualTable } from '../core/model/actual.ts';
import type { CatalogTable } from '../core/model/catalog.ts';
import type { Definitions, Environment } from '../core/model/definition.ts';
import type { GluePort } from '../core/model/ports.ts';
import { isManaged } from '../core/normalize/actual.ts';
import { desiredDatabases, physicalDatabase } from '../core/normalize/desired.ts';
import { summarize } from '../core/normalize/partitions.ts';

/** Reads from Glue what a plan needs: the databases that are ours, their tables and views, partitions summed up. */
export async function readActual(
  glue: GluePort,
  definitions: Definitions,
  environment: Environment,
): Promise<ActualLake> {
  const wanted = new Set(desiredDatabases(definitions, environment).map((database) => database.database));
  const databases = (await glue.listDatabases()).filter(
    (database) => wanted.has(database.name.toLowerCase()) || isOurs(database, environment),
  );
  const lists = await pMap(databases, (database) => glue.listTables(database.name), { concurrency: 4 });
  const defined = new Set(
    definitions.tables.map((table) => `${physicalDatabase(table.database, environment)}.${table.name}`.toLowerCase()),
  );
  const tables = await pMap(
    lists.flat(),
    async (table): Promise<ActualTable> => {
      const ours = isManaged(table) || defined.has(`${table.database}.${table.name}`.toLowerCase());
      const counted = ours && hasPartitions(table);
      const partitions = counted ? summarize(await glue.listPartitions(table.database, table.name)) : undefined;
      return { table, partitions };
    },
    { concurrency: 4 },
  );
  return { databases, tables };
}

/** Athena works the partitions of a projected table out by itself; registered ones are not looked at. */
function hasPartitions(table: CatalogTable): boolean {
  return table.partitionKeys.length > 0 && table.parameters['projection.enabled'] !== 'true';
}
