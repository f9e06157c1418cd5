import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LakeCatalog } from '../catalog/lake-catalog.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { JsonOperation, JsonService } from '../wire/json-service.ts';
import { batchGetNamedQuery } from './batch-get-named-query.ts';
import { batchGetPreparedStatement } from './batch-get-prepared-statement.ts';
import { batchGetQueryExecution } from './batch-get-query-execution.ts';
import { createNamedQuery } from './create-named-query.ts';
import { createPreparedStatement } from './create-prepared-statement.ts';
import { createWorkGroup } from './create-work-group.ts';
import { deleteNamedQuery } from './delete-named-query.ts';
import { deletePreparedStatement } from './delete-prepared-statement.ts';
import { deleteWorkGroup } from './delete-work-group.ts';
import type { Engine } from './engine.ts';
import { getDataCatalog } from './get-data-catalog.ts';
import { getDatabase } from './get-database.ts';
import { getNamedQuery } from './get-named-query.ts';
import { getPreparedStatement } from './get-prepared-statement.ts';
import { getQueryExecution } from './get-query-execution.ts';
import { getQueryResults } from './get-query-results.ts';
import { getQueryRuntimeStatistics } from './get-query-runtime-statistics.ts';
import { getTableMetadata } from './get-table-metadata.ts';
import { getWorkGroup } from './get-work-group.ts';
import { type HistoryLimits, openHistory } from './history.ts';
import { listDataCatalogs } from './list-data-catalogs.ts';
import { listDatabases } from './list-databases.ts';
import { listEngineVersions } from './list-engine-versions.ts';
import { listNamedQueries } from './list-named-queries.ts';
import { listPreparedStatements } from './list-prepared-statements.ts';
import { listQueryExecutions } from './list-query-executions.ts';
import { listTableMetadata } from './list-table-metadata.ts';
import { listTagsForResource } from './list-tags-for-resource.ts';
import { listWorkGroups } from './list-work-groups.ts';
import type { AthenaOperation, AthenaParts } from './operation.ts';
import { createRunner, interruptedExecution } from './runner.ts';
import { openSettings } from './settings.ts';
import { startQueryExecution } from './start-query-execution.ts';
import { stopQueryExecution } from './stop-query-execution.ts';
import { tagResource } from './tag-resource.ts';
import { untagResource } from './untag-resource.ts';
import { updateNamedQuery } from './update-named-query.ts';
import { updatePreparedStatement } from './update-prepared-statement.ts';
import { updateWorkGroup } from './update-work-group.ts';

const OPERATIONS: Readonly<Record<string, AthenaOperation>> = {
  BatchGetNamedQuery: batchGetNamedQuery,
  BatchGetPreparedStatement: batchGetPreparedStatement,
  BatchGetQueryExecution: batchGetQueryExecution,
  CreateNamedQuery: createNamedQuery,
  CreatePreparedStatement: createPreparedStatement,
  CreateWorkGroup: createWorkGroup,
  DeleteNamedQuery: deleteNamedQuery,
  DeletePreparedStatement: deletePreparedStatement,
  DeleteWorkGroup: deleteWorkGroup,
  GetDataCatalog: getDataCatalog,
  GetDatabase: getDatabase,
  GetNamedQuery: getNamedQuery,
  GetPreparedStatement: getPreparedStatement,
  GetQueryExecution: getQueryExecution,
  GetQueryResults: getQueryResults,
  GetQueryRuntimeStatistics: getQueryRuntimeStatistics,
  GetTableMetadata: getTableMetadata,
  GetWorkGroup: getWorkGroup,
  ListDataCatalogs: listDataCatalogs,
  ListDatabases: listDatabases,
  ListEngineVersions: listEngineVersions,
  ListNamedQueries: listNamedQueries,
  ListPreparedStatements: listPreparedStatements,
  ListQueryExecutions: listQueryExecutions,
  ListTableMetadata: listTableMetadata,
  ListTagsForResource: listTagsForResource,
  ListWorkGroups: listWorkGroups,
  StartQueryExecution: startQueryExecution,
  StopQueryExecution: stopQueryExecution,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateNamedQuery: updateNamedQuery,
  UpdatePreparedStatement: updatePreparedStatement,
  UpdateWorkGroup: updateWorkGroup,
};

export interface AthenaOptions {
  /** A folder of its own: settings and history of queries. */
  readonly dir: string;
  readonly catalog: LakeCatalog;
  readonly store: ObjectStore;
  readonly engine: Engine;
  /** Queries at once (default 4), and as many statements that only touch the catalog. */
  readonly concurrency?: number;
  /** Default 30 minutes, as Athena's for DML. */
  readonly timeoutMs?: number;
  readonly historyLimits?: HistoryLimits;
}

/** Athena over the wire. `close` ends what runs and then closes the engine. What is not listed is refused by its name. */
export async function createAthenaService(
  options: AthenaOptions,
): Promise<JsonService & { readonly close: () => Promise<void> }> {
  mkdirSync(options.dir, { recursive: true });
  const { catalog, store, engine } = options;
  const settings = await openSettings(join(options.dir, 'settings.journal'), () => Date.now() / 1000);
  const history = openHistory(join(options.dir, 'history.log'), interruptedExecution, options.historyLimits);
  const runner = createRunner({
    engine,
    store,
    history,
    settings,
    concurrency: options.concurrency ?? 4,
    timeoutMs: options.timeoutMs ?? 30 * 60 * 1000,
  });
  const parts: AthenaParts = { catalog, store, engine, history, runner, settings };
  const operations = Object.entries(OPERATIONS).map(([name, { run }]): [string, JsonOperation] => [
    name,
    (input, context) => run(input, { ...context, ...parts }),
  ]);
  return {
    target: 'AmazonAthena',
    operations: Object.fromEntries(operations),
    async close() {
      await runner.close();
      await settings.close();
      history.close();
      await engine.close();
    },
  };
}
