import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type OpenEnvironment, openEnvironment } from '../../scripts/adapters/environment.ts';
import type { LoadContext } from '../../scripts/commands/load/context.ts';
import {
  type LoadOptions,
  type LoadSummary,
  load,
  previewLoad,
  type TablePreview,
} from '../../scripts/commands/load.ts';
import { createDatabase, createTable } from '../../scripts/core/ddl/hive.ts';
import { loadDefinitions } from '../../scripts/core/define/index.ts';
import type { CatalogPartition } from '../../scripts/core/model/catalog.ts';
import type { Definitions } from '../../scripts/core/model/definition.ts';
import { desiredDatabases, desiredTable } from '../../scripts/core/normalize/desired.ts';
import { FILES } from './shop.ts';

/** A lake of its own (databases by prefix, buckets by name) on whatever endpoint AWS_ENDPOINT_URL says, else a local one. */
export interface World {
  readonly open: OpenEnvironment;
  definitions: Definitions;
  /** Changes definition files; undefined takes one away. Tables are not made anew. */
  edit(files: Readonly<Record<string, string | undefined>>): void;
  drop(key: string, text: string): Promise<void>;
  run(options?: Partial<LoadOptions>, over?: Partial<LoadContext>): Promise<LoadSummary>;
  /** What a verb works with now. */
  context(): LoadContext;
  preview(options?: Partial<LoadOptions>): Promise<readonly TablePreview[]>;
  rows(sql: string): Promise<readonly (readonly (string | null)[])[]>;
  /** Databases and tables as the environment names them. */
  readonly prefix: string;
  partitions(table: string): Promise<readonly CatalogPartition[]>;
  /** Lines that the last run said. */
  readonly said: string[];
  close(): Promise<void>;
}

export async function makeWorld(today = '2025-03-24T00:00:00Z', made = FILES): Promise<World> {
  const id = Math.random().toString(36).slice(2, 8);
  const dir = await mkdtemp(join(tmpdir(), 'weir-load-'));
  let files: Record<string, string | undefined> = { ...made(id) };
  const read = (): Definitions => {
    const given = Object.entries(files).flatMap(([path, text]) => (text === undefined ? [] : [{ path, text }]));
    const reading = loadDefinitions(given);
    if (reading.findings.length > 0) throw new Error(JSON.stringify(reading.findings, null, 1));
    return reading.definitions;
  };
  const first = read();
  const open = await openEnvironment(first.lake, 'local', { lakeDir: dir });
  const said: string[] = [];
  const physical = (database: string): string => open.environment.prefix + database;
  let count = 0;
  const context = (definitions: Definitions, over: Partial<LoadContext>): LoadContext => ({
    ...open,
    definitions,
    signal: new AbortController().signal,
    now: () => Date.parse(today) + count++,
    nonce: () => Math.random().toString(36).slice(2, 10).padEnd(8, '0'),
    sleep: async (ms, signal) => void (await wait(ms, undefined, signal ? { signal } : {}).catch(() => undefined)),
    holder: { run: 'a test', host: 'here', pid: 1 },
    abandoned: () => false,
    commit: 'c0ffee',
    say: (line) => void said.push(line),
    progress: () => undefined,
    ...over,
  });
  const statement = async (sql: string, workgroup: string): Promise<string> => {
    const queryId = await open.athena.start({ sql, workgroup });
    const outcome = await open.athena.wait(queryId);
    if (outcome.state !== 'succeeded') throw new Error(`${outcome.reason}\n${sql}`);
    return queryId;
  };
  const world: World = {
    open,
    definitions: first,
    said,
    edit: (changed) => {
      files = { ...files, ...changed };
      world.definitions = read();
    },
    drop: async (key, text) => {
      await open.s3.put(open.environment.buckets.landing!, key, text);
    },
    run: (options = {}, over = {}) => {
      said.length = 0;
      return load(context(world.definitions, over), { ...ALL, ...options });
    },
    context: () => context(world.definitions, {}),
    preview: (options = {}) => previewLoad(context(world.definitions, {}), { ...ALL, ...options }),
    rows: async (sql) => {
      const query = sql.replaceAll(/\b(shop_landing|shop_raw|weir_history)\b/g, (name) => physical(name));
      return (await open.athena.rows(await statement(query, open.environment.workgroups.query))).rows;
    },
    prefix: open.environment.prefix,
    partitions: (table) => open.glue.listPartitions(physical('shop_raw'), table),
    close: async () => {
      await open.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
  for (const database of desiredDatabases(first, open.environment)) {
    await statement(
      createDatabase(database.database, database.comment, { 'weir.managed': 'true' }),
      open.environment.workgroups.query,
    );
  }
  for (const table of first.tables) {
    await statement(
      createTable(desiredTable(table, open.environment), { 'weir.managed': 'true' }),
      open.environment.workgroups.query,
    );
  }
  return world;
}

const ALL: LoadOptions = { tables: [], from: undefined, to: undefined, maxBytes: 1e12 };

/** The outcome of one table in a summary. */
export function outcomeOf(summary: LoadSummary, name: string): LoadSummary['tables'][number] {
  const found = summary.tables.find((table) => table.table === name);
  if (!found) throw new Error(`no outcome for ${name}: ${JSON.stringify(summary.tables.map((table) => table.table))}`);
  return found;
}
