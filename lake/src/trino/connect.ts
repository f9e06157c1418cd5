import { setTimeout as sleep } from 'node:timers/promises';
import { EngineFailure } from '../athena/engine.ts';
import type { LakeOptions } from '../index.ts';
import { LakeError } from '../wire/lake-error.ts';
import { reason, type TrinoServer, trinoServer } from './http.ts';
import { readRun, startRun } from './run.ts';

type TrinoOptions = NonNullable<LakeOptions['trino']>;

/** The Trino that executes, and the catalog there whose Glue and S3 this lake is. */
export interface ConnectedTrino {
  readonly server: TrinoServer;
  /** Its name there, lower case. */
  readonly catalog: string;
}

/** How long a Trino that is starting is waited for. */
const STARTING_MS = 90_000;
/** How long one whose port is closed is: it opens some seconds after the process began. */
const CLOSED_MS = 30_000;
/** A closed port, also as a container's proxy shows it. */
const CLOSED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET']);

/** Looks whether the Trino answers and has the catalog; throws a `LakeError` that says what to do. */
export async function connectTrino(options: TrinoOptions): Promise<ConnectedTrino> {
  const server = trinoServer(options.url);
  if (server === undefined)
    throw new LakeError(`${options.url} is no address of a Trino`, 'give --trino-url http://host:port');
  // The default is the name that Athena's views have in them.
  const catalog = (options.catalog ?? 'awsdatacatalog').toLowerCase();
  const connectors = await catalogsOf(server, options.waitMs ?? CLOSED_MS);
  const connector = connectors.get(catalog);
  if (connector === undefined) {
    const names = [...connectors.keys()].sort().join(', ') || 'none';
    throw new LakeError(
      `the Trino at ${server.url} has no catalog ${catalog} (it has: ${names})`,
      'give it a Hive catalog of this name whose Glue and S3 are this lake, or name another with --trino-catalog',
    );
  }
  if (connector !== 'hive') {
    throw new LakeError(
      `the catalog ${catalog} of the Trino at ${server.url} is one of the connector ${connector}`,
      'name a catalog of the Hive connector with --trino-catalog',
    );
  }
  return { server, catalog };
}

/** The connector of each catalog, once the Trino listens and has started. */
async function catalogsOf(server: TrinoServer, waitMs: number): Promise<ReadonlyMap<string, string>> {
  const begun = Date.now();
  for (let said = false; ; ) {
    const state = await stateOf(server);
    if (typeof state === 'object') {
      if (Date.now() - begun >= waitMs) throw unreachable(server, state.closed);
      if (!said) say(`the Trino at ${server.url} does not listen yet (${state.closed}): waiting for it`);
      said = true;
    } else {
      const found = state === 'starting' ? 'it is still starting' : await askCatalogs(server);
      if (typeof found !== 'string') return found;
      if (Date.now() - begun > STARTING_MS)
        throw new LakeError(`the Trino at ${server.url} is not ready: ${found}`, 'try again later');
    }
    await sleep(500);
  }
}

function say(line: string): void {
  process.stderr.write(`weir-lake: ${line}\n`);
}

async function stateOf(server: TrinoServer): Promise<'starting' | 'ready' | { readonly closed: string }> {
  try {
    const signal = AbortSignal.timeout(10_000);
    const response = await fetch(`${server.url}/v1/info`, { redirect: 'manual', signal });
    const info = (await response.json()) as { starting?: unknown } | null;
    if (typeof info?.starting === 'boolean') return info.starting ? 'starting' : 'ready';
  } catch (error) {
    // It answered, but not with JSON.
    if (error instanceof SyntaxError) throw noTrino(server);
    const why = reason(error);
    if (CLOSED.has(why)) return { closed: why };
    throw unreachable(server, why);
  }
  throw noTrino(server);
}

function unreachable(server: TrinoServer, why: string): LakeError {
  return new LakeError(`the Trino at ${server.url} can't be reached (${why})`, 'start it, or correct --trino-url');
}

function noTrino(server: TrinoServer): LakeError {
  return new LakeError(`what answers at ${server.url} is no Trino`, 'correct --trino-url');
}

async function askCatalogs(server: TrinoServer): Promise<ReadonlyMap<string, string> | string> {
  const sql = 'SELECT catalog_name, connector_name FROM system.metadata.catalogs';
  try {
    const order = { sql, headers: {}, signal: AbortSignal.timeout(30_000), scanLimit: undefined };
    const { rows } = await readRun(await startRun(server, order));
    return new Map(rows.map(([name, connector]) => [String(name), String(connector)]));
  } catch (error) {
    // A server that has started may still know no node, not even itself, to run a query on.
    if (error instanceof EngineFailure && error.code === 'NO_NODES_AVAILABLE') return error.message;
    throw new LakeError(`the Trino at ${server.url} can't be asked for its catalogs (${reason(error)})`, 'see its log');
  }
}
