import type { Attributes, Entry } from './entry.ts';

/** The lines of objects.jsonl; names are short because there is one line an object. */
export type JournalRecord =
  | { readonly o: 'bucket'; readonly b: string; readonly m: number }
  | { readonly o: 'rmbucket'; readonly b: string }
  /** A bucket's setting; without `v` it is removed. */
  | { readonly o: 'set'; readonly b: string; readonly n: string; readonly v?: string }
  | {
      readonly o: 'put';
      readonly b: string;
      readonly k: string;
      readonly g?: number;
      readonly s: number;
      readonly e: string;
      readonly m: number;
      readonly a?: Attributes;
    }
  | { readonly o: 'del'; readonly b: string; readonly k: string };

export function putRecord(entry: Entry): JournalRecord {
  return {
    o: 'put',
    b: entry.bucket,
    k: entry.key,
    ...(entry.generation ? { g: entry.generation } : {}),
    s: entry.size,
    e: entry.etag,
    m: entry.lastModified,
    ...(Object.keys(entry.attributes).length ? { a: entry.attributes } : {}),
  };
}
