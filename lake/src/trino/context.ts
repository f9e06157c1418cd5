import { EngineFailure, type EngineRequest, type EngineResult } from '../athena/engine.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { ConnectedTrino } from './connect.ts';
import { type Order, type Run, readRun, startRun } from './run.ts';
import { executeImmediate, withCatalog } from './text.ts';

/** What lives as long as the engine. */
export interface TrinoServices {
  readonly trino: ConnectedTrino;
  readonly objects: ObjectStore;
  readonly catalog: Catalog;
}

/** One statement at work. */
export interface TrinoContext extends TrinoServices {
  readonly request: EngineRequest;
  /** The database of names that say none. */
  readonly database: string;
  /** The text of the values of `?`, parted by commas; undefined where there are none. */
  readonly parameters: string | undefined;
}

/** Session properties of the catalog, such as compression_codec. */
type Session = Readonly<Record<string, string>>;

export const NOTHING: EngineResult = { columns: [], rows: { kind: 'none' }, bytesScanned: 0 };

/** Hands a statement to Trino, its parameters with it. */
export function start(sql: string, context: TrinoContext, session: Session = {}): Promise<Run> {
  return startRun(context.trino.server, order(sql, context, session)).catch((error: unknown) => {
    throw context.parameters === undefined ? error : inPlace(error);
  });
}

/** The same for one that gives few rows or none: read to its end. */
export function finish(sql: string, context: TrinoContext, session: Session = {}): ReturnType<typeof readRun> {
  return start(sql, context, session).then(readRun);
}

/** What a statement that wrote rows comes to. */
export function written({ run }: Awaited<ReturnType<typeof readRun>>, manifest?: readonly string[]): EngineResult {
  const { physicalInputBytes, planningMs, processedRows } = run.stats();
  return {
    ...NOTHING,
    bytesScanned: physicalInputBytes,
    planningMs,
    inputRows: processedRows,
    updateCount: run.updateCount() ?? 0,
    ...(manifest === undefined ? {} : { manifest }),
  };
}

/** Trino counts from EXECUTE IMMEDIATE on. */
function inPlace(error: unknown): unknown {
  if (!(error instanceof EngineFailure)) return error;
  const { code, bytesScanned, cancelled } = error;
  const moved = (_: string, column: string) => `line 1:${Number(column) - executeImmediate('', '').indexOf("'") - 1}: `;
  const message = error.message.replace(/^line 1:(\d+): /, moved);
  return new EngineFailure(code, message, { bytesScanned, cancelled });
}

function order(sql: string, { trino, request, database, parameters }: TrinoContext, session: Session): Order {
  const { scanLimit } = request.workgroup;
  const limit = scanLimit === undefined ? {} : { query_max_scan_physical_bytes: `${scanLimit}B` };
  const own = Object.entries(session).map(([name, value]) => [`${trino.catalog}.${name}`, value]);
  const settings = [...Object.entries(limit), ...own].map(([name, value]) => `${name}=${encodeURIComponent(value!)}`);
  const text = withCatalog(sql, trino.catalog);
  return {
    sql: parameters === undefined ? text : executeImmediate(text, parameters),
    signal: request.signal,
    scanLimit,
    headers: {
      'X-Trino-Catalog': trino.catalog,
      'X-Trino-Schema': database,
      'X-Trino-Time-Zone': 'UTC',
      'X-Trino-Client-Capabilities': 'PARAMETRIC_DATETIME',
      'X-Trino-Trace-Token': request.queryId,
      ...(settings.length > 0 ? { 'X-Trino-Session': settings.join(',') } : {}),
    },
  };
}
