/** Trino's client protocol, as far as it is used: https://trino.io/docs/current/develop/client-protocol.html */

/** One answer of POST /v1/statement or of a nextUri. */
export interface Page {
  readonly id: string;
  readonly nextUri?: string;
  readonly columns?: readonly { readonly name: string; readonly type: string }[];
  readonly data: readonly (readonly Cell[])[];
  readonly stats: PageStats;
  readonly updateCount?: number;
  readonly error?: { readonly name: string; readonly message: string };
}

export interface PageStats {
  readonly state: string;
  readonly physicalInputBytes: number;
  readonly processedRows: number;
  readonly planningMs: number;
}

/** A value: numbers are the text that Trino gave them, the keys of a map have a letter (k) before them. */
export type Cell = null | boolean | string | readonly Cell[] | Entries;
export type Entries = { readonly [key: string]: Cell };

/**
 * JSON.parse alone would make 1 of 1.0, round bigints and sort the keys of a map that look like numbers: so the numbers
 * are put in quotes first, and every key gets a letter before it.
 */
export function readPage(text: string): Page {
  const page = JSON.parse(text.replaceAll(TOKEN, marked)) as Entries;
  const stats = page.kstats as Entries | undefined;
  const number = (key: string) => Number(stats?.[key] ?? 0);
  const error = page.kerror as Entries | undefined;
  const columns = page.kcolumns as readonly Entries[] | undefined;
  const column = (each: Entries) => ({ name: String(each.kname), type: quoted(String(each.ktype)) });
  return {
    id: String(page.kid),
    data: (page.kdata ?? []) as readonly (readonly Cell[])[],
    stats: {
      state: String(stats?.kstate),
      physicalInputBytes: number('kphysicalInputBytes'),
      processedRows: number('kprocessedRows'),
      planningMs: number('kplanningTimeMillis') + number('kanalysisTimeMillis'),
    },
    ...(typeof page.knextUri === 'string' ? { nextUri: page.knextUri } : {}),
    ...(columns ? { columns: columns.map(column) } : {}),
    ...(page.kupdateCount ? { updateCount: Number(page.kupdateCount) } : {}),
    ...(error ? { error: { name: String(error.kerrorName), message: String(error.kmessage) } } : {}),
  };
}

/** Trino shows a row's fields as they are called, without quotes: read as SQL, `row(B integer)` would have a field b. */
function quoted(type: string): string {
  const names = /"(?:[^"]|"")*"|(?<=[(,]\s*)\w*[A-Z]\w*(?=\s)/g;
  return type.replaceAll(names, (name) => (name.startsWith('"') ? name : `"${name}"`));
}

/** A string, with the colon that makes it a key; or a number. */
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function marked(found: string, text: string | undefined, colon: string | undefined): string {
  if (text === undefined) return `"${found}"`;
  return colon === undefined ? text : `"k${text.slice(1)}${colon}`;
}
