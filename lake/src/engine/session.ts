import { mkdirSync, realpathSync } from 'node:fs';
import { type DuckDBConnection, DuckDBInstance, type DuckDBResultReader } from '@duckdb/node-api';
import { quoteText } from '../sql/types/index.ts';

/** One DuckDB in memory, confined to the lake's folder; a connection of its own for every statement. */
export interface Session {
  connect(signal?: AbortSignal): Promise<Connection>;
  close(): void;
}

/** What a statement does with DuckDB; every call rejects once the signal is aborted. */
export interface Connection {
  run(sql: string): Promise<void>;
  read(sql: string, parameters?: readonly string[]): Promise<DuckDBResultReader>;
  /** Rows that a COPY, INSERT or CREATE TABLE AS touched. */
  count(sql: string): Promise<number>;
  /** Another connection to the same memory, for work side by side. */
  fork(): Promise<Connection>;
  close(): void;
}

export interface SessionOptions {
  readonly dir: string;
  /** Where DuckDB spills to; inside `dir`. */
  readonly scratch: string;
  readonly memoryLimit?: string;
  /** CREATE MACRO statements that every connection is to see. */
  readonly macros?: readonly string[];
  /** Runs on the first connection, to register functions. */
  readonly install?: (connection: DuckDBConnection) => Promise<void>;
}

export async function openSession(options: SessionOptions): Promise<Session> {
  mkdirSync(options.scratch, { recursive: true });
  const dir = realpathSync(options.dir);
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: options.memoryLimit ?? '2500MB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_unsigned_extensions: 'false',
    temp_directory: realpathSync(options.scratch),
  });
  const setup = await instance.connect();
  const folders = [...new Set([dir, options.dir])].map((folder) => quoteText(`${folder.replace(/\/+$/, '')}/`));
  await options.install?.(setup);
  for (const macro of options.macros ?? []) await setup.run(macro);
  await setup.run("SET GLOBAL TimeZone = 'UTC'");
  await setup.run('SET GLOBAL enable_object_cache = true').catch(() => undefined);
  await setup.run(`SET GLOBAL allowed_directories = [${folders.join(', ')}]`);
  await setup.run('SET GLOBAL enable_external_access = false');
  // The one setting that changes no right and no result: see `inAnyOrder`.
  await setup.run("SET GLOBAL allowed_configs = ['preserve_insertion_order']");
  await setup.run('SET GLOBAL lock_configuration = true');
  setup.closeSync();
  return {
    connect: async (signal) => openConnection(instance, signal),
    close: () => instance.closeSync(),
  };
}

async function openConnection(instance: DuckDBInstance, signal: AbortSignal | undefined): Promise<Connection> {
  const connection: DuckDBConnection = await instance.connect();
  const interrupt = () => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  const read = async (sql: string, parameters: readonly string[] = []) => {
    signal?.throwIfAborted();
    return parameters.length === 0 ? connection.runAndReadAll(sql) : connection.runAndReadAll(sql, [...parameters]);
  };
  return {
    read,
    run: async (sql) => {
      signal?.throwIfAborted();
      await connection.run(sql);
    },
    count: async (sql) => Number((await read(sql)).getRowsJson()[0]?.[0] ?? 0),
    fork: () => openConnection(instance, signal),
    close: () => {
      signal?.removeEventListener('abort', interrupt);
      connection.closeSync();
    },
  };
}
