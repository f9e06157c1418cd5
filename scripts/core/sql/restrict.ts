import { parseSelect } from './parse.ts';
import { significant } from './tokens.ts';

/** Words that may follow a table's name without being its alias. */
const NO_ALIAS = new Set(
  `where join on cross inner left right full natural group order having union except intersect limit offset fetch window
  tablesample for match_recognize using`.split(/\s+/),
);

/**
 * Puts a subquery in the place of a table, wherever the text reads it. It gets the table's alias, or its name as one, so
 * that the columns of the text still mean what they meant.
 */
export function replaceTable(
  text: string,
  table: { readonly database: string; readonly name: string },
  subquery: string,
): string {
  const parsed = parseSelect(text);
  const found = parsed.tables.filter((each) => each.database === table.database && each.name === table.name);
  let out = text;
  for (const reference of found.toSorted((a, b) => b.start - a.start)) {
    const alias = hasAlias(text, reference.end) ? '' : ` AS ${nameOf(text.slice(reference.start, reference.end))}`;
    out = `${out.slice(0, reference.start)}(${subquery})${alias}${out.slice(reference.end)}`;
  }
  return out;
}

function hasAlias(text: string, end: number): boolean {
  const [next] = significant(text.slice(end));
  if (next === undefined) return false;
  return next.kind === 'quoted' || (next.kind === 'word' && !NO_ALIAS.has(next.text.toLowerCase()));
}

/** The last part of a qualified name, as it is spelled. */
function nameOf(reference: string): string {
  return significant(reference).at(-1)?.text ?? reference;
}

/**
 * The same SELECT with one more column, where the text is a plain SELECT to which one can be added without changing its
 * rows; undefined where it is not.
 */
export function withColumn(text: string, column: string): string | undefined {
  const tokens = significant(text);
  if (!parseSelect(text).ok || tokens[0]?.text.toLowerCase() !== 'select') return undefined;
  if (tokens.some((token) => /^(union|intersect|except|group|having|distinct)$/i.test(token.text))) return undefined;
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (depth !== 0 || token.kind !== 'word' || token.text.toLowerCase() !== 'from') continue;
    const at = tokens[index - 1]!.end;
    return `${text.slice(0, at)}, ${column}${text.slice(at)}`;
  }
  return undefined;
}
