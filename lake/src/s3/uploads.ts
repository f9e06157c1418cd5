import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attributes, Checksum } from '../store/entry.ts';
import type { ChecksumAlgorithm } from './checksum.ts';

export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly started: number;
  readonly attributes: Attributes;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: Checksum['type'] };
}

export interface Part {
  readonly number: number;
  readonly size: number;
  /** MD5 hex. */
  readonly etag: string;
  readonly modified: number;
  readonly checksum?: Checksum;
  readonly file: string;
}

/** Multipart uploads in progress: a folder each, which holds what was said at the start and one file a part. */
export interface Uploads {
  start(upload: Omit<Upload, 'id' | 'started'>): Upload;
  find(bucket: string, key: string, id: string): Upload | undefined;
  /** In order of key, then of start. */
  list(bucket: string): readonly Upload[];
  /** Takes a finished file as that part, in place of an earlier one. */
  putPart(upload: Upload, number: number, file: string, facts: Omit<Part, 'file' | 'number' | 'modified'>): Part;
  /** In order of their numbers. */
  parts(upload: Upload): readonly Part[];
  remove(upload: Upload): void;
  abortAll(bucket: string): void;
}

type PartFacts = Omit<Part, 'file' | 'number'>;

/** `isDone` tells uploads that became an object just before the lake was killed: their left-overs go. */
export function openUploads(dir: string, isDone: (upload: Upload) => boolean): Uploads {
  mkdirSync(dir, { recursive: true });
  const uploads = new Map<string, Upload>();
  const partsOf = new Map<string, Map<number, Part>>();
  const folder = ({ id }: Upload) => join(dir, id);
  for (const id of readdirSync(dir)) restore(id);

  function restore(id: string): void {
    const path = join(dir, id);
    const facts = readJson<Upload>(join(path, 'upload.json'));
    if (facts?.id !== id || isDone(facts)) {
      rmSync(path, { recursive: true, force: true });
      return;
    }
    uploads.set(id, facts);
    partsOf.set(id, readParts(path));
  }
  function remove(upload: Upload): void {
    uploads.delete(upload.id);
    partsOf.delete(upload.id);
    rmSync(folder(upload), { recursive: true, force: true });
  }

  return {
    start(facts) {
      const started = Date.now();
      // In the order of their start, so that a page can go on after one that has ended meanwhile.
      const id = started.toString(16).padStart(12, '0') + randomBytes(18).toString('hex');
      const upload: Upload = { ...facts, id, started };
      mkdirSync(folder(upload));
      writeJson(join(folder(upload), 'upload.json'), upload);
      uploads.set(upload.id, upload);
      partsOf.set(upload.id, new Map());
      return upload;
    },
    find(bucket, key, id) {
      const upload = uploads.get(id);
      return upload?.bucket === bucket && upload.key === key ? upload : undefined;
    },
    list: (bucket) =>
      [...uploads.values()]
        .filter((upload) => upload.bucket === bucket)
        .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)) || (a.id < b.id ? -1 : 1)),
    putPart(upload, number, file, facts) {
      // The name says which bytes the facts belong to: a killed process leaves the old pair or the new one.
      const name = `${number}.${randomBytes(6).toString('hex')}`;
      const path = join(folder(upload), name);
      const modified = Date.now();
      renameSync(file, path);
      const before = partsOf.get(upload.id)?.get(number);
      writeJson(join(folder(upload), `${number}.json`), { ...facts, modified, name });
      const part: Part = { ...facts, number, modified, file: path };
      partsOf.get(upload.id)?.set(number, part);
      if (before) rmSync(before.file, { force: true });
      return part;
    },
    parts: (upload) => [...(partsOf.get(upload.id)?.values() ?? [])].sort((a, b) => a.number - b.number),
    remove,
    abortAll(bucket) {
      for (const upload of [...uploads.values()]) if (upload.bucket === bucket) remove(upload);
    },
  };
}

function readParts(path: string): Map<number, Part> {
  const parts = new Map<number, Part>();
  for (const file of readdirSync(path)) {
    const number = Number(/^(\d+)\.json$/.exec(file)?.[1] ?? 0);
    const facts = number ? readJson<PartFacts & { readonly name: string }>(join(path, file)) : undefined;
    if (!facts || !existsSync(join(path, facts.name))) continue;
    const { name, ...rest } = facts;
    parts.set(number, { ...rest, number, file: join(path, name) });
  }
  return parts;
}

function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return undefined; // the process was killed before it was there in full
  }
}

function writeJson(path: string, value: unknown): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
  writeFileSync(draft, JSON.stringify(value), { flush: true } as object);
  renameSync(draft, path);
}
