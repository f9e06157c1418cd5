/** What Athena keeps of a view in Glue's ViewOriginalText: base64 of JSON in a comment. */
export interface StoredView {
  readonly sql: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

const WRAPPED = /^\/\* Presto View: ([A-Za-z0-9+/=\s]+?) ?\*\/$/;

/** Reads a stored view; undefined for one of another engine (a Hive view, a broken text). */
export function storedView(text: string | undefined): StoredView | undefined {
  const wrapped = WRAPPED.exec(text?.trim() ?? '');
  if (wrapped === null) return undefined;
  try {
    const bytes = Uint8Array.from(atob(wrapped[1]!.replace(/\s+/g, '')), (character) => character.charCodeAt(0));
    const view: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const { originalSql, columns } = view as { originalSql?: unknown; columns?: unknown };
    if (typeof originalSql !== 'string' || !Array.isArray(columns)) return undefined;
    return {
      sql: originalSql,
      columns: columns.map((column: { name?: unknown; type?: unknown }) => ({
        name: String(column.name ?? '').toLowerCase(),
        type: String(column.type ?? ''),
      })),
    };
  } catch {
    return undefined;
  }
}
