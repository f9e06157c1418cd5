import { after } from 'node:test';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { runtimeError } from '../../src/sql/casts/failure.ts';
import { installFunctions } from '../../src/sql/functions/install.ts';

/** A DuckDB in memory that knows the functions emitted SQL calls; closed when the file's tests are over. */
export async function openSession(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await installFunctions(connection);
  after(() => {
    connection.closeSync();
    instance.closeSync();
  });
  return connection;
}

/** The text of one DuckDB expression; `!NAME` where it ends with an error of that name. */
export async function evaluate(connection: DuckDBConnection, sql: string): Promise<string | null> {
  try {
    const reader = await connection.runAndReadAll(`SELECT ${sql}`);
    const [value] = reader.getRows()[0]!;
    return value === null || value === undefined ? null : String(value);
  } catch (error) {
    const failure = runtimeError((error as Error).message);
    if (failure.code === 'GENERIC_INTERNAL_ERROR') return `!${failure.code} ${failure.message}\n${sql}`;
    return `!${failure.code}`;
  }
}
