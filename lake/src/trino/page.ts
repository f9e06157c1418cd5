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

/** What a Trino never says. */
export class NoPage extends Error {}

/**
 * JSON.parse alone would make 1 of 1.0, round bigints and sort the keys of a map that look like numbers: so the numbers
 * are put in quotes first, and every key gets a letter before it.
 */
export function readPage(text: string): Page {
  const page = checked(text);
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

function checked(text: string): Entries {
  const page = parsed(text);
  if (!isEntries(page) || typeof page.kid !== 'string') throw new NoPage();
  const { kdata: data, kcolumns: columns } = page;
  if (!isNothing(data) && !(Array.isArray(data) && data.every(Array.isArray))) throw new NoPage();
  if (!isNothing(columns) && !(Array.isArray(columns) && columns.every(isEntries))) throw new NoPage();
  return page;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(marked(text));
  } catch {
    throw new NoPage();
  }
}

function isEntries(value: unknown): value is Entries {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** Trino shows a row's fields as they are called, without quotes: read as SQL, `row(B integer)` would have a field b. */
function quoted(type: string): string {
  const names = /"(?:[^"]|"")*"|(?<=[(,] ?)\w*[A-Z]\w*(?=\s)/g;
  return type.replaceAll(names, (name) => (name.startsWith('"') ? name : `"${name}"`));
}

const NUMBERS = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const COLON = /\s*:/y;

/** Walks from string to string: a regular expression for them would run out of stack in one of 16 MB. */
function marked(text: string): string {
  const parts: string[] = [];
  for (let at = 0; ; ) {
    const open = text.indexOf('"', at);
    parts.push(text.slice(at, open < 0 ? undefined : open).replaceAll(NUMBERS, '"$&"'));
    if (open < 0) return parts.join('');
    const end = stringEnd(text, open);
    COLON.lastIndex = end;
    parts.push(COLON.test(text) ? '"k' : '"', text.slice(open + 1, end));
    at = end;
  }
}

/** Behind the quote that closes the string: one with no backslash before it, or an even number of them. */
function stringEnd(text: string, open: number): number {
  for (let from = open + 1; ; ) {
    const close = text.indexOf('"', from);
    if (close < 0) throw new NoPage();
    let before = close;
    while (before > from && text[before - 1] === '\\') before -= 1;
    if ((close - before) % 2 === 0) return close + 1;
    from = close + 1;
  }
}
