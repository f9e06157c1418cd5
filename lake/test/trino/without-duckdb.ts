import { setTimeout as sleep } from 'node:timers/promises';
import { startLake } from '../../src/index.ts';

/** Arguments: folder, Trino's address or none. Runs DDL, a view and a query, and prints which of DuckDB's libraries are loaded. */
const [dir = '', url] = process.argv.slice(2);
const lake = await startLake({ dir, ...(url === undefined ? {} : { trino: { url } }) });
await fetch(`${lake.url}/results`, { method: 'PUT' });
const states: string[] = [];
for (const QueryString of ['CREATE DATABASE d', 'CREATE VIEW d.v AS SELECT 1 AS a', 'SELECT 1 AS a'])
  states.push(await stateOf(QueryString));
const report = process.report.getReport() as unknown as { readonly sharedObjects: readonly string[] };
const duckdb = report.sharedObjects.filter((file) => file.includes('duckdb'));
await lake.stop();
process.stdout.write(JSON.stringify({ states, duckdb }));

async function stateOf(QueryString: string): Promise<string> {
  const ResultConfiguration = { OutputLocation: 's3://results/' };
  const { QueryExecutionId } = await call('StartQueryExecution', { QueryString, ResultConfiguration });
  for (;;) {
    const { QueryExecution } = await call('GetQueryExecution', { QueryExecutionId });
    const { State } = (QueryExecution as { readonly Status: { readonly State: string } }).Status;
    if (State !== 'QUEUED' && State !== 'RUNNING') return State;
    await sleep(20);
  }
}

async function call(operation: string, input: object): Promise<Readonly<Record<string, unknown>>> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AmazonAthena.${operation}` };
  const response = await fetch(lake.url, { method: 'POST', headers, body: JSON.stringify(input) });
  return (await response.json()) as Readonly<Record<string, unknown>>;
}
