import { parseSelect } from './parse.ts';
import { quoteIdentifier } from './quote.ts';

/**
 * Renames the databases of a statement, at the places where the grammar finds them; everything else keeps its spelling.
 * A text with a syntax error comes back as it is: whoever runs it gets the error at its own place.
 */
export function rewriteDatabases(text: string, rename: (database: string) => string): string {
  const parsed = parseSelect(text);
  const parts = [...parsed.tables.flatMap((table) => table.databasePart ?? []), ...parsed.databaseParts];
  let out = text;
  for (const part of parts.toSorted((a, b) => b.start - a.start)) {
    const renamed = rename(part.name);
    if (renamed !== part.name) out = out.slice(0, part.start) + quoteIdentifier(renamed) + out.slice(part.end);
  }
  return out;
}
