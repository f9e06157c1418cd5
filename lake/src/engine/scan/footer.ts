import { closeSync, openSync, readSync } from 'node:fs';
import { type FileMetaData, parquetMetadata, type SchemaElement } from 'hyparquet';
import type { ObjectStore, StoredObject } from '../../store/object-store.ts';

/** A column of a Parquet file with what lies below it. */
export interface ParquetColumn {
  readonly element: SchemaElement;
  readonly children: readonly ParquetColumn[];
}

export interface ChunkFacts {
  /** Bytes of all column chunks below the column, as compressed. */
  readonly bytes: number;
  /** Of a flat column that has statistics. */
  readonly min?: unknown;
  readonly max?: unknown;
}

export interface Footer {
  /** Top-level columns by lower-case name, in file order. */
  readonly columns: ReadonlyMap<string, ParquetColumn>;
  /** Equal for files with equal schemas. */
  readonly shape: string;
  readonly rowGroups: readonly { readonly rows: number; readonly chunks: ReadonlyMap<string, ChunkFacts> }[];
}

/** Footers of objects, kept by path and ETag: a file is read once however often it is scanned. */
export interface Footers {
  of(object: StoredObject): Footer;
}

const KEPT = 20_000;

export function createFooters(objects: Pick<ObjectStore, 'checkInside'>): Footers {
  const kept = new Map<string, Footer>();
  return {
    of(object) {
      const key = `${object.etag} ${object.path}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      objects.checkInside(object);
      const footer = digest(readMetadata(object));
      if (kept.size >= KEPT) kept.delete(kept.keys().next().value!);
      kept.set(key, footer);
      return footer;
    },
  };
}

/** Throws where the file is no Parquet. */
function readMetadata(object: StoredObject): FileMetaData {
  const file = openSync(object.path, 'r');
  try {
    const first = readTail(file, object.size, 64 * 1024);
    const needed = first.length < 8 ? 0 : first.readUInt32LE(first.length - 8) + 8;
    return parquetMetadata(needed > first.length ? readTail(file, object.size, needed) : first, { geoparquet: false });
  } finally {
    closeSync(file);
  }
}

function readTail(file: number, size: number, length: number): Buffer {
  const buffer = Buffer.alloc(Math.min(size, length));
  readSync(file, buffer, 0, buffer.length, size - buffer.length);
  return buffer;
}

function digest(metadata: FileMetaData): Footer {
  const elements = metadata.schema;
  let at = 0;
  const take = (): ParquetColumn => {
    const element = elements[at++]!;
    return { element, children: Array.from({ length: element.num_children ?? 0 }, take) };
  };
  const root = take();
  const columns = new Map(root.children.map((column) => [column.element.name.toLowerCase(), column]));
  const rowGroups = metadata.row_groups.map((group) => ({
    rows: Number(group.num_rows),
    chunks: chunksOf(group),
  }));
  return { columns, shape: JSON.stringify(elements), rowGroups };
}

function chunksOf(group: FileMetaData['row_groups'][number]): ReadonlyMap<string, ChunkFacts> {
  const chunks = new Map<string, ChunkFacts>();
  for (const { meta_data: meta } of group.columns) {
    if (meta === undefined) continue;
    const name = meta.path_in_schema[0]!.toLowerCase();
    const bytes = Number(meta.total_compressed_size) + (chunks.get(name)?.bytes ?? 0);
    const { min_value: min, max_value: max } = meta.statistics ?? {};
    const flat = meta.path_in_schema.length === 1 && min !== undefined && max !== undefined;
    chunks.set(name, flat ? { bytes, min, max } : { bytes });
  }
  return chunks;
}
