import { constants, createGunzip } from 'node:zlib';
import pMap from 'p-map';
import { csvFault, keyOf, type SourceObject } from '../../core/load/index.ts';
import type { TableDefinition } from '../../core/model/definition.ts';
import { isFault } from '../../core/model/fault.ts';
import type { LoadContext } from './context.ts';
import type { Discovery } from './discover.ts';
import { bucketOf } from './stored.ts';

/** How much of a new file is looked at: a header and some hundred lines tell a file of another shape. */
const LOOK_BYTES = 65_536;

/** And how much of a packed one, unpacked: these bytes may stand for a thousand times as many. */
const LOOK_LETTERS = 1_000_000;

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
  let unfit: readonly Unfit[] = [];
  for (const table of tables) {
    const base = `s3://${bucketOf(context, table)}/`;
    const own = fresh.filter((object) => object.key.startsWith(base + table.location.path));
    const found = await pMap(own, (object) => checkFile(context, table, object, base), { concurrency: 8 });
    unfit = unfit.concat(found.flatMap((each) => each ?? []));
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
  const look = () => context.s3.get(base.slice('s3://'.length, -1), key, { first: LOOK_BYTES });
  // Once more, because a file that is set aside for a slip of S3 would be missing among those that are loaded.
  const found = await look()
    .catch((error: unknown) => {
      whyUnread(error);
      return look();
    })
    .catch((error: unknown) => ({ unread: whyUnread(error) }));
  if (found === undefined || table.format.kind !== 'csv') return undefined;
  if ('unread' in found)
    return { key: object.key, message: `${object.key} cannot be read: ${found.unread}`, cure: UNREAD };
  if (/\.(bz2|zst|lz4|snappy)$/i.test(key)) return undefined;
  const text = await textOf(found.body, key, LOOK_LETTERS);
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

/** What S3 says of one object: it is another account's, encrypted with a key that is not for us, or in an archive. */
const OF_OBJECT = /^(AccessDenied(Exception)?|InvalidObjectState|InvalidRequest|KMS.*)$/;
const UNREAD =
  'give the role the right to read it (s3:GetObject, kms:Decrypt), restore it from its archive, or remove it; nothing of it was published';

/** One object that cannot be read keeps no other from being loaded; what is wrong with all of them is thrown. */
function whyUnread(error: unknown): string {
  if (isFault(error) && OF_OBJECT.test(error.code)) return error.message;
  throw error;
}

/** The text of a file, so many bytes of it at most where it is packed; undefined if a file that should be packed is not. */
export async function textOf(body: Uint8Array, key: string, most: number): Promise<string | undefined> {
  if (!isPacked(key)) return new TextDecoder().decode(body);
  try {
    return new TextDecoder().decode(await unpacked(body, most));
  } catch {
    return undefined;
  }
}

async function unpacked(body: Uint8Array, most: number): Promise<Uint8Array> {
  // A gzip stream that is cut off gives what it has with this flag, where it would else be an error.
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  gunzip.end(body);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of gunzip as AsyncIterable<Uint8Array>) {
    parts.push(part);
    size += part.length;
    if (size >= most) break;
  }
  return Buffer.concat(parts).subarray(0, most);
}

function isPacked(key: string): boolean {
  return /\.gz$/i.test(key);
}

function identity(object: SourceObject): string {
  return JSON.stringify([object.key, object.etag, object.size]);
}
