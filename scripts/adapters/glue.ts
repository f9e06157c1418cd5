import {
  BatchCreatePartitionCommand,
  BatchDeletePartitionCommand,
  BatchUpdatePartitionCommand,
  CreateTableCommand,
  DeleteTableCommand,
  type ErrorDetail,
  GetDatabaseCommand,
  GetPartitionsCommand,
  type GetPartitionsCommandOutput,
  GetTableCommand,
  type GlueClient,
  paginateGetDatabases,
  paginateGetTables,
  UpdateDatabaseCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import type { CatalogDatabase, CatalogPartition, CatalogTable } from '../core/model/catalog.ts';
import type { EntryFailure, GluePort } from '../core/model/ports.ts';
import { type AwsCall, inBatches } from './aws.ts';
import { isFault } from './fault.ts';
import { readDatabase, readPartition, readTable, writeDatabase, writePartition, writeTable } from './glue-shapes.ts';

/** The Glue catalog over the SDK. */
export function gluePort(client: GlueClient, call: AwsCall): GluePort {
  return { ...readCalls(client, call), ...writeCalls(client, call), ...partitionWrites(client, call) };
}

type Reads = Pick<GluePort, 'listDatabases' | 'listTables' | 'getTable' | 'listPartitions'>;
type PartitionWrites = Pick<GluePort, 'createPartitions' | 'updatePartitions' | 'deletePartitions'>;

function readCalls(client: GlueClient, call: AwsCall): Reads {
  return {
    listDatabases: () =>
      call('glue:GetDatabases', async () => {
        const found: CatalogDatabase[] = [];
        for await (const page of paginateGetDatabases({ client }, {})) {
          found.push(...(page.DatabaseList ?? []).map(readDatabase));
        }
        return found;
      }),
    listTables: async (database) => (await orUndefined(listTables(client, call, database))) ?? [],
    getTable: (database, name) =>
      orUndefined(
        call('glue:GetTable', async () => {
          const answer = await client.send(new GetTableCommand({ DatabaseName: database, Name: name }));
          return answer.Table === undefined ? undefined : readTable(answer.Table);
        }),
      ),
    listPartitions: async (database, table, expression) => {
      const filter = expression === undefined ? {} : { Expression: expression };
      const asked = { DatabaseName: database, TableName: table, ...filter, MaxResults: 1000 };
      const found: CatalogPartition[] = [];
      // Each page is a call of its own: for the rate limiter, and to be tried again alone.
      let page: GetPartitionsCommandOutput | undefined;
      do {
        const next = page?.NextToken === undefined ? {} : { NextToken: page.NextToken };
        const command = new GetPartitionsCommand({ ...asked, ...next });
        page = await call('glue:GetPartitions', () => client.send(command));
        for (const partition of page.Partitions ?? []) found.push(readPartition(partition));
      } while (page.NextToken);
      return found;
    },
  };
}

function listTables(client: GlueClient, call: AwsCall, database: string): Promise<readonly CatalogTable[]> {
  return call('glue:GetTables', async () => {
    const found: CatalogTable[] = [];
    for await (const page of paginateGetTables({ client }, { DatabaseName: database })) {
      found.push(...(page.TableList ?? []).map(readTable));
    }
    return found;
  });
}

function writeCalls(client: GlueClient, call: AwsCall): Omit<GluePort, keyof Reads | keyof PartitionWrites> {
  return {
    createTable: (table) =>
      call('glue:CreateTable', async () => {
        await client.send(new CreateTableCommand({ DatabaseName: table.database, TableInput: writeTable(table) }));
      }),
    updateTable: (table, { versionId, skipArchive }) =>
      call('glue:UpdateTable', async () => {
        const write = { TableInput: writeTable(table), VersionId: versionId, SkipArchive: skipArchive };
        await client.send(new UpdateTableCommand({ DatabaseName: table.database, ...write }));
      }),
    deleteTable: (database, name) =>
      call('glue:DeleteTable', async () => {
        await client.send(new DeleteTableCommand({ DatabaseName: database, Name: name }));
      }),
    updateDatabase: (database) =>
      call('glue:UpdateDatabase', async () => {
        const now = (await client.send(new GetDatabaseCommand({ Name: database.name }))).Database;
        const input = writeDatabase(database, now);
        await client.send(new UpdateDatabaseCommand({ Name: database.name, DatabaseInput: input }));
      }),
  };
}

function partitionWrites(client: GlueClient, call: AwsCall): PartitionWrites {
  const valuesOf = (entry: CatalogPartition): readonly string[] => entry.values;
  return {
    createPartitions: (DatabaseName, TableName, entries) =>
      inBatches(entries, 100, valuesOf, (part) =>
        call('glue:BatchCreatePartition', async () => {
          const PartitionInputList = part.map(writePartition);
          const write = new BatchCreatePartitionCommand({ DatabaseName, TableName, PartitionInputList });
          const { Errors = [] } = await client.send(write);
          return Errors.map((error) => failure(error.PartitionValues, error.ErrorDetail));
        }),
      ),
    updatePartitions: (DatabaseName, TableName, entries) =>
      inBatches(entries, 100, valuesOf, (part) =>
        call('glue:BatchUpdatePartition', async () => {
          const Entries = part.map((entry) => ({
            PartitionValueList: [...entry.values],
            PartitionInput: writePartition(entry),
          }));
          const { Errors = [] } = await client.send(
            new BatchUpdatePartitionCommand({ DatabaseName, TableName, Entries }),
          );
          return Errors.map((error) => failure(error.PartitionValueList, error.ErrorDetail));
        }),
      ),
    deletePartitions: (DatabaseName, TableName, all) => {
      const same = (values: readonly string[]): readonly string[] => values;
      return inBatches(all, 25, same, (part) =>
        call('glue:BatchDeletePartition', async () => {
          const PartitionsToDelete = part.map((values) => ({ Values: [...values] }));
          const write = new BatchDeletePartitionCommand({ DatabaseName, TableName, PartitionsToDelete });
          const { Errors = [] } = await client.send(write);
          return Errors.map((error) => failure(error.PartitionValues, error.ErrorDetail));
        }),
      );
    },
  };
}

async function orUndefined<T>(answer: Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isFault(error, 'not-found')) return undefined;
    throw error;
  }
}

function failure(values: readonly string[] | undefined, detail: ErrorDetail | undefined): EntryFailure {
  return {
    values: values ?? [],
    code: detail?.ErrorCode ?? 'UnknownError',
    message: detail?.ErrorMessage ?? '',
  };
}
