import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Engine, EngineRequest, EngineResult } from '../athena/engine.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { withShortDecimals } from '../sql/functions/decimal-mode.ts';
import { installFunctions } from '../sql/functions/install.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { runDdl } from './ddl/run.ts';
import { listingResult } from './ddl/show.ts';
import { asEngineFailure, withoutPaths } from './runtime-failure.ts';
import { createFooters } from './scan/footer.ts';
import { JSON_MACROS } from './scan/json.ts';
import { createPlainText } from './scan/plain-text.ts';
import { openSession, type Session } from './session.ts';
import { classify, parseAny } from './statement.ts';
import type { StatementContext } from './statement-context.ts';
import { runTrino } from './trino.ts';

export interface EngineOptions {
  readonly objects: ObjectStore;
  readonly catalog: Catalog;
  /** The lake's folder; nothing outside it can be reached by a statement. */
  readonly dir: string;
  readonly account: string;
  readonly region: string;
}

/** Executes Athena's statements on DuckDB, over the catalog and objects of the lake. */
export function createEngine(options: EngineOptions): Engine {
  const { objects, catalog, dir } = options;
  const footers = createFooters();
  const plainText = createPlainText(() => objects.scratch());
  let folder: string | undefined;
  const newFile = () => {
    folder ??= objects.scratch();
    return join(folder, randomUUID());
  };
  let opened: Promise<Session> | undefined;
  const session = () => {
    opened ??= openSession({ dir, scratch: objects.scratch(), macros: JSON_MACROS, install: installFunctions });
    return opened;
  };

  async function execute(request: EngineRequest): Promise<EngineResult> {
    const parsed = parseAny(request.sql);
    const database = (request.database ?? 'default').toLowerCase();
    if (parsed.language === 'hive') {
      const listing = await runDdl({ catalog, objects, database }, parsed.statement);
      return listing === undefined ? { columns: [], rows: { kind: 'none' }, bytesScanned: 0 } : listingResult(listing);
    }
    const own = await session();
    const connection = await own.connect(request.signal);
    const services = { objects, catalog, footers, plainText, newFile, session: own };
    const context: StatementContext = { ...services, request, connection, database };
    try {
      return await withShortDecimals(() => runTrino(parsed.statement, context));
    } finally {
      connection.close();
    }
  }

  return {
    classify,
    async execute(request) {
      try {
        request.signal.throwIfAborted();
        return await execute(request);
      } catch (error) {
        throw withoutPaths(asEngineFailure(error), resolve(dir));
      }
    },
    async close() {
      (await opened?.catch(() => undefined))?.close();
    },
  };
}
