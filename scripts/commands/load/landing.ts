import { constants, gunzipSync } from 'node:zlib';
import pMap from 'p-map';
import { csvFault, keyOf, type SourceObject } from '../../core/load/index.ts';
import type { TableDefinition } from '../../core/model/definition.ts';
import { UserError } from '../../core/model/exit.ts';
import type { LoadContext } from './context.ts';
import { bucketOf, type Discovery } from './discover.ts';

/** How much of a new file is looked at: a header and some hundred lines tell a file of another shape. */
const LOOK_BYTES = 65_536;

/** Looks at the beginning of every CSV file that is new to the ledger; throws on the first that is not as its table says. */
export async function checkLanding(
  context: LoadContext,
  discovery: Discovery,
  objects: readonly SourceObject[],
): Promise<void> {
  const known = new Set([...discovery.ledger.values()].flatMap((entry) => entry.sources.map(identity)));
  const fresh = objects.filter((object) => !known.has(identity(object)) && object.size > 0);
  const tables = discovery.reads.map((source) => source.table).filter((table) => table.format.kind === 'csv');
  for (const table of tables) {
    const base = `s3://${bucketOf(context, table)}/`;
    const own = fresh.filter((object) => object.key.startsWith(base + table.location.path));
    await pMap(own, (object) => checkFile(context, table, object, base), { concurrency: 8 });
  }
}

async function checkFile(
  context: LoadContext,
  table: TableDefinition,
  object: SourceObject,
  base: string,
): Promise<void> {
  context.signal.throwIfAborted();
  const key = object.key.slice(base.length);
  const found = await context.s3.get(base.slice('s3://'.length, -1), key, { first: LOOK_BYTES });
  if (found === undefined || table.format.kind !== 'csv') return;
  const text = textOf(found.body, key);
  if (text === undefined) return;
  const columns = table.columns.map((column) => column.name);
  const fault = csvFault(text, table.format, columns, object.size <= LOOK_BYTES && !isPacked(key));
  if (fault === undefined) return;
  throw new UserError(
    `${object.key}:${fault.line} does not fit ${keyOf(table)}: ${fault.message}`,
    'have the file dropped again in the shape that the table declares, or change the table; nothing was published',
  );
}

function textOf(body: Uint8Array, key: string): string | undefined {
  if (/\.(bz2|zst|lz4|snappy)$/i.test(key)) return undefined;
  // A gzip stream that is cut off gives what it has with this flag, where it would else be an error.
  const bytes = isPacked(key) ? gunzipSync(body, { finishFlush: constants.Z_SYNC_FLUSH }) : body;
  return new TextDecoder().decode(bytes);
}

function isPacked(key: string): boolean {
  return /\.gz$/i.test(key);
}

function identity(object: SourceObject): string {
  return JSON.stringify([object.key, object.etag, object.size]);
}
