import { createHash } from 'node:crypto';

/** How the bytes of a key are named: see `keyPath`. */
export interface KeyPathOptions {
  /** Tells apart the bytes of one key that follow one another: no file is ever overwritten in place. */
  readonly generation: number;
  /** Marks every folder with `%d` and the file with `%f`, for a key whose plain path another key stands in the way of. */
  readonly marked: boolean;
  /** The file system takes `A` and `a` for one name. */
  readonly foldsCase: boolean;
}

/**
 * Where the bytes of a key lie below its bucket's folder. Plain keys keep their readable path; only what a file system
 * or a glob would misread is percent-escaped. No two keys have one path. Where a plain path cannot be had because `a`
 * is there and `a/b` is to come (or the other way round), the marked one can: an escape is never one letter, so no plain
 * name looks like a marked one, and marked folders are never named as marked files are. What would be too long for a
 * file system goes by its hash below `%h/`.
 */
export function keyPath(key: string, options: KeyPathOptions): string {
  const segments = key.split('/');
  const last = segments.pop() ?? '';
  const names = segments.map((segment) => folderName(escapeSegment(segment, options.foldsCase), options));
  names.push(fileName(escapeSegment(last, options.foldsCase), options));
  const path = names.join('/');
  const tooLong = Buffer.byteLength(path) > 700 || names.some((name) => Buffer.byteLength(name) > 240);
  return tooLong ? hashedPath(key, options) : path;
}

// * ? [ ] are globs to DuckDB, \ is a separator elsewhere, % is ours.
const UNSAFE = /[\u0000-\u001f\u007f%*?[\]\\]/g;
const UNSAFE_WHERE_CASE_FOLDS = /[\u0000-\u001f%*?[\]\\A-Z]|[^\u0000-\u007e]/gu;

function escapeSegment(segment: string, foldsCase: boolean): string {
  if (segment === '.' || segment === '..') return segment.replaceAll('.', '%2E');
  return segment.replace(foldsCase ? UNSAFE_WHERE_CASE_FOLDS : UNSAFE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

function folderName(name: string, { marked }: KeyPathOptions): string {
  return name === '' || marked ? `${name}%d` : name;
}

/** Marks go before the extension, which tells other tools what the file is. */
function fileName(name: string, { marked, generation }: KeyPathOptions): string {
  const version = generation === 0 ? '' : `%v${generation.toString(36)}`;
  const marks = name === '' || marked ? `${version}%f` : version;
  const dot = name.indexOf('.');
  return dot < 0 ? `${name}${marks}` : `${name.slice(0, dot)}${marks}${name.slice(dot)}`;
}

function hashedPath(key: string, options: KeyPathOptions): string {
  const hash = createHash('sha256').update(key).digest('hex');
  const extension = /(?:\.[A-Za-z0-9]{1,10}){1,2}$/.exec(key)?.[0] ?? '';
  return `%h/${hash.slice(0, 2)}/${fileName(`${hash}${extension}`, options)}`;
}
