import { constants, gunzipSync } from 'node:zlib';
import pMap from 'p-map';
import { csvFault, keyOf, type SourceObject } from '../../core/load/index.ts';
import type { TableDefinition } from '../../core/model/definition.ts';
import type { LoadContext } from './context.ts';
import type { Discovery } from './discover.ts';
import { bucketOf } from './stored.ts';

/** How much of a new file is looked at: a header and some hundred lines tell a file of another shape. */
const LOOK_BYTES = 65_536;

/** A landing file that is not as its table says. */
export interface Unfit {
  readonly key: string;
  readonly message: string;
  readonly cure: string;
}

/** Looks at the beginning of every CSV file that is new to the ledger. */
export async function unfitFiles(
  context: LoadContext,
  discovery: Discovery,
  objects: readonly SourceObject[],
): Promise<readonly Unfit[]> {
  const known = new Set([...discovery.ledger.values()].flatMap((entry) => entry.sources.map(identity)));
  const fresh = objects.filter((object) => !known.has(identity(object)) && object.size > 0);
  const tables = discovery.reads.map((source) => source.table).filter((table) => table.format.kind === 'csv');
  const unfit: Unfit[] = [];
  for (const table of tables) {
    const base = `s3://${bucketOf(context, table)}/`;
    const own = fresh.filter((object) => object.key.startsWith(base + table.location.path));
    const found = await pMap(own, (object) => checkFile(context, table, object, base), { concurrency: 8 });
    unfit.push(...found.flatMap((each) => each ?? []));
  }
  return unfit;
}

async function checkFile(
  context: LoadContext,
  table: TableDefinition,
  object: SourceObject,
  base: string,
): Promise<Unfit | undefined> {
  context.signal.throwIfAborted();
  const key = object.key.slice(base.length);
  const found = await context.s3.get(base.slice('s3://'.length, -1), key, { first: LOOK_BYTES });
  if (found === undefined || table.format.kind !== 'csv') return undefined;
  if (/\.(bz2|zst|lz4|snappy)$/i.test(key)) return undefined;
  const text = textOf(found.body, key);
  const columns = table.columns.map((column) => column.name);
  const whole = object.size <= LOOK_BYTES && !isPacked(key);
  const fault = text === undefined ? NO_GZIP : csvFault(text, table.format, columns, whole);
  if (fault === undefined) return undefined;
  return {
    key: object.key,
    message: `${object.key}:${fault.line} does not fit ${keyOf(table)}: ${fault.message}`,
    cure: 'have the file dropped again in the shape that the table declares, or change the table; nothing of it was published',
  };
}

const NO_GZIP = { line: 1, message: 'its name ends in .gz, but it is not packed with gzip' };

/** Undefined if a file that should be packed is not. */
export function textOf(body: Uint8Array, key: string): string | undefined {
  if (!isPacked(key)) return new TextDecoder().decode(body);
  try {
    // A gzip stream that is cut off gives what it has with this flag, where it would else be an error.
    return new TextDecoder().decode(gunzipSync(body, { finishFlush: constants.Z_SYNC_FLUSH }));
  } catch {
    return undefined;
  }
}

function isPacked(key: string): boolean {
  return /\.gz$/i.test(key);
}

function identity(object: SourceObject): string {
  return JSON.stringify([object.key, object.etag, object.size]);
}
