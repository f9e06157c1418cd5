import { createHash } from 'node:crypto';

/**
 * Where the bytes of a key lie below its bucket's folder. Plain keys keep their readable path; only what a file system
 * or a glob would misread is percent-escaped. The map is injective, and since names of folders and names of files are
 * two disjoint sets, the key `a` can live beside `a/b`:
 * - a file's name has a dot or ends in `%f`, a folder's name has no dot or ends in `%d` (an escape is never one letter);
 * - `%v<n>` tells apart the bytes of one key that follow one another, so that no file is ever overwritten in place;
 * - what would be too long for a file system goes by its hash below `%h/`.
 */
export function keyPath(key: string, generation: number, foldsCase: boolean): string {
  const segments = key.split('/');
  const last = segments.pop() ?? '';
  const names = segments.map((segment) => folderName(escapeSegment(segment, foldsCase)));
  names.push(fileName(escapeSegment(last, foldsCase), generation));
  const path = names.join('/');
  const tooLong = Buffer.byteLength(path) > 700 || names.some((name) => Buffer.byteLength(name) > 240);
  return tooLong ? hashedPath(key, generation) : path;
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

function folderName(name: string): string {
  return name === '' || name.includes('.') ? `${name}%d` : name;
}

function fileName(name: string, generation: number): string {
  const mark = generation === 0 ? '' : `%v${generation.toString(36)}`;
  const dot = name.indexOf('.');
  return dot < 0 ? `${name}${mark}%f` : `${name.slice(0, dot)}${mark}${name.slice(dot)}`;
}

function hashedPath(key: string, generation: number): string {
  const hash = createHash('sha256').update(key).digest('hex');
  const extension = /(?:\.[A-Za-z0-9]{1,10}){1,2}$/.exec(key)?.[0] ?? '';
  return `%h/${hash.slice(0, 2)}/${fileName(`${hash}${extension}`, generation)}`;
}
