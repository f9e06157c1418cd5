import { EngineFailure } from '../athena/engine.ts';
import type { TrinoContext } from './context.ts';

/** Trino's failure in the names of this lake. */
export function withTrinoFailures(error: EngineFailure, context: TrinoContext): EngineFailure {
  const { catalog, server } = context.trino;
  const { code, bytesScanned, cancelled } = error;
  const message = error.message.replaceAll(`'${catalog}.`, "'awsdatacatalog.");
  const hint = isHere(code, message, context)
    ? ` (this lake has it: the catalog ${catalog} of the Trino at ${server.url} has another Glue)`
    : '';
  return new EngineFailure(code, `${message}${hint}`, { bytesScanned, cancelled });
}

/** Whether Trino misses what is in this catalog, as it does where its own catalog is set up with another endpoint. */
function isHere(code: string, message: string, { catalog }: TrinoContext): boolean {
  if (code === 'SCHEMA_NOT_FOUND') {
    const name = /Schema '([^']+)' does not exist/.exec(message)?.[1];
    return name !== undefined && catalog.database(name) !== undefined;
  }
  if (code !== 'TABLE_NOT_FOUND') return false;
  const [, database, name] = /Table 'awsdatacatalog\.([^.']+)\.([^']+)' does not exist/.exec(message) ?? [];
  return database !== undefined && name !== undefined && catalog.table(database, name) !== undefined;
}
