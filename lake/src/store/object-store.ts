/** The objects of the lake: one file an object below the lake's folder. Every path that leaves here is inside it. */

export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  /** As S3 computes it, without quotes: MD5 hex, or `md5-of-md5s-N` for a multipart upload. */
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Absolute path of the file with the bytes. */
  readonly path: string;
}

export interface ObjectStore {
  hasBucket(bucket: string): boolean;
  /** Objects whose key begins with `prefix`, in UTF-8 order of their keys. */
  list(bucket: string, prefix: string): readonly StoredObject[];
  head(bucket: string, key: string): StoredObject | undefined;
  /** Throws where the object's file is reached by a link that leads out of the lake: to be asked before it is opened. */
  checkInside(object: StoredObject): void;
  put(bucket: string, key: string, body: Uint8Array, options?: { contentType?: string }): Promise<StoredObject>;
  /** Takes a finished local file (below `scratch()`) in as an object by renaming it; the write is atomic and durable. */
  adopt(bucket: string, key: string, file: string, options?: { contentType?: string }): Promise<StoredObject>;
  delete(bucket: string, key: string): Promise<void>;
  /** A fresh folder for work in progress, on the same file system; left-overs are removed at start-up. */
  scratch(): string;
}
