import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Engine, EngineRequest, EngineResult } from '../athena/engine.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { withShortDecimals } from '../sql/functions/decimal-mode.ts';
import { installFunctions } from '../sql/functions/install.ts';
import type { Statement } from '../sql/index.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { runDdl } from './ddl/run.ts';
import { listingResult } from './ddl/show.ts';
import { runStatement } from './run-statement.ts';
import { asEngineFailure, withoutPaths } from './runtime-failure.ts';
import { createFooters } from './scan/footer.ts';
import { JSON_MACROS } from './scan/json.ts';
import { createPlainText } from './scan/plain-text.ts';
import { openSession } from './session.ts';
import { classify, parseAny } from './statement.ts';
import type { EngineServices, StatementContext } from './statement-context.ts';

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
  const lasting = lastingServices(options);
  return {
    classify,
    async execute(request) {
      try {
        request.signal.throwIfAborted();
        const parsed = parseAny(request.sql);
        if (parsed.language === 'trino') return await runOnDuckDb(parsed.statement, request, await lasting.open());
        const listing = await runDdl({ catalog, objects, database: databaseOf(request) }, parsed.statement);
        return listing === undefined
          ? { columns: [], rows: { kind: 'none' }, bytesScanned: 0 }
          : listingResult(listing);
      } catch (error) {
        throw withoutPaths(asEngineFailure(error), resolve(dir));
      }
    },
    close: lasting.close,
  };
}

async function runOnDuckDb(
  statement: Statement,
  request: EngineRequest,
  services: EngineServices,
): Promise<EngineResult> {
  const connection = await services.session.connect(request.signal);
  const context: StatementContext = { ...services, request, connection, database: databaseOf(request) };
  try {
    return await withShortDecimals(() => runStatement(statement, context));
  } finally {
    connection.close();
  }
}

function databaseOf(request: EngineRequest): string {
  return (request.database ?? 'default').toLowerCase();
}

/** DuckDB is opened by the first statement that needs it; one that could not be opened is tried again. */
function lastingServices({ objects, catalog, dir }: EngineOptions): {
  open(): Promise<EngineServices>;
  close(): Promise<void>;
} {
  const footers = createFooters(objects);
  const plainText = createPlainText(objects);
  let opened: Promise<EngineServices> | undefined;
  const open = async (): Promise<EngineServices> => {
    const folder = objects.scratch();
    const newFile = () => join(folder, randomUUID());
    const session = await openSession({
      dir,
      scratch: objects.scratch(),
      macros: JSON_MACROS,
      install: installFunctions,
    });
    return { objects, catalog, footers, plainText, newFile, session };
  };
  return {
    open() {
      opened ??= open().catch((error: unknown) => {
        opened = undefined;
        throw error;
      });
      return opened;
    },
    async close() {
      (await opened?.catch(() => undefined))?.session.close();
    },
  };
}
