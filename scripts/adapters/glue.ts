import {
  BatchCreatePartitionCommand,
  BatchDeletePartitionCommand,
  BatchUpdatePartitionCommand,
  CreateTableCommand,
  DeleteTableCommand,
  type ErrorDetail,
  GetDatabaseCommand,
  GetDatabasesCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTablesCommand,
  type GlueClient,
  UpdateDatabaseCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import type { CatalogPartition, CatalogTable } from '../core/model/catalog.ts';
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
    listDatabases: async () => {
      const pages = await allPages(call, 'glue:GetDatabases', (next) => client.send(new GetDatabasesCommand(next)));
      return pages.flatMap((page) => (page.DatabaseList ?? []).map(readDatabase));
    },
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
      const pages = await allPages(call, 'glue:GetPartitions', (next) =>
        client.send(new GetPartitionsCommand({ ...asked, ...next })),
      );
      return pages.flatMap((page) => (page.Partitions ?? []).map(readPartition));
    },
  };
}

async function listTables(client: GlueClient, call: AwsCall, database: string): Promise<readonly CatalogTable[]> {
  const pages = await allPages(call, 'glue:GetTables', (next) =>
    client.send(new GetTablesCommand({ DatabaseName: database, ...next })),
  );
  return pages.flatMap((page) => (page.TableList ?? []).map(readTable));
}

/** Each page is a call of its own: for the rate limiter, and to be tried again alone. */
async function allPages<P extends { readonly NextToken?: string | undefined }>(
  call: AwsCall,
  api: string,
  send: (next: { readonly NextToken?: string }) => Promise<P>,
): Promise<readonly P[]> {
  const pages: P[] = [];
  for (;;) {
    const token = pages.at(-1)?.NextToken;
    const page = await call(api, () => send(token ? { NextToken: token } : {}));
    pages.push(page);
    if (!page.NextToken) return pages;
  }
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
