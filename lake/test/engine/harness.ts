import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineFailure, EngineRequest, EngineResult, PreparedStatements } from '../../src/athena/engine.ts';
import type { LakeCatalog } from '../../src/catalog/lake-catalog.ts';
import { createCatalog } from '../../src/catalog/store.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { type FileStore, openFileStore } from '../../src/store/file-store.ts';

/** A lake in a folder of its own: real objects, real catalog, real engine; no wire. */
export interface TestLake {
  readonly dir: string;
  readonly objects: FileStore;
  readonly catalog: LakeCatalog;
  put(key: string, text: string | Uint8Array): Promise<void>;
  execute(sql: string, request?: Partial<EngineRequest>): Promise<EngineResult>;
  /** The rows of a result, header left out; `null` is NULL. */
  rows(sql: string, request?: Partial<EngineRequest>): Promise<readonly (readonly (string | null)[])[]>;
  /** `CODE: message` of a statement that must fail. */
  failure(sql: string, request?: Partial<EngineRequest>): Promise<string>;
  close(): Promise<void>;
}

export const BUCKET = 'lake-data';

export async function openTestLake(): Promise<TestLake> {
  const dir = mkdtempSync(join(tmpdir(), 'lake engine '));
  const objects = openFileStore(dir);
  const catalog = await createCatalog(join(dir, 'catalog'), { account: '000000000000' });
  await objects.createBucket(BUCKET);
  const engine = createEngine({ objects, catalog, dir, account: '000000000000', region: 'us-east-1' });
  let number = 0;
  const execute = (sql: string, request: Partial<EngineRequest> = {}) => {
    number += 1;
    return engine.execute({
      queryId: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
      sql,
      database: 'default',
      catalog: 'AwsDataCatalog',
      workgroup: { name: 'primary', enforcedLocation: false, scanLimit: undefined },
      outputLocation: `s3://${BUCKET}/results/`,
      parameters: [],
      prepared: preparedStatements(),
      signal: new AbortController().signal,
      ...request,
    });
  };
  return {
    dir,
    objects,
    catalog,
    execute,
    put: async (key, text) => {
      await objects.put(BUCKET, key, typeof text === 'string' ? new TextEncoder().encode(text) : text);
    },
    rows: async (sql, request) => rowsOf(await execute(sql, request)),
    failure: async (sql, request) => {
      const done = await execute(sql, request).then(
        () => undefined,
        (error: EngineFailure) => `${error.code === '' ? '' : `${error.code}: `}${error.message}`,
      );
      if (done === undefined) throw new Error(`was expected to fail: ${sql}`);
      return done;
    },
    close: async () => {
      await engine.close();
      await catalog.close();
      await objects.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function preparedStatements(): PreparedStatements {
  const kept = new Map<string, string>();
  return {
    get: (name) => kept.get(name),
    put: async (name, sql) => {
      kept.set(name, sql);
    },
    delete: async (name) => kept.delete(name),
  };
}

async function rowsOf(result: EngineResult): Promise<readonly (readonly (string | null)[])[]> {
  const { rows } = result;
  if (rows.kind === 'none') return [];
  if (rows.kind === 'rows') return rows.rows;
  if (rows.kind === 'csv') return parseCsv(readFileSync(rows.file, 'utf8')).slice(1);
  const all: (readonly (string | null)[])[] = [];
  for await (const batch of rows.batches) all.push(...batch);
  return all;
}

/** Athena's result CSV: every value quoted, NULL empty and unquoted. */
export function parseCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  for (const [cell, quoted, end] of text.matchAll(/("(?:[^"]|"")*")?(,|\n)/g)) {
    row.push(quoted === undefined ? null : quoted.slice(1, -1).replaceAll('""', '"'));
    if (cell.endsWith('\n') && end === '\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
