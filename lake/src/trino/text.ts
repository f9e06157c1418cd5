import type { Token } from 'antlr4ng';
import { tokens } from '../sql/parse/tree.ts';

/** Changes to the text of statements on their way to Trino; tokens count code points. */

/** Without the semicolon at the end, which Athena lets pass and Trino does not. */
export function withoutSemicolon(sql: string): string {
  if (!sql.includes(';')) return sql;
  const last = tokens(sql).at(-1);
  return last?.text === ';' ? [...sql].slice(0, last.start).join('') : sql;
}

/** Three-part names say awsdatacatalog in Athena, and what the catalog is called in Trino. */
export function withCatalog(sql: string, catalog: string): string {
  if (catalog === 'awsdatacatalog' || !/awsdatacatalog/i.test(sql)) return sql;
  const list = tokens(sql);
  const starts = (at: number) => list[at + 1]?.text === '.' && list[at + 3]?.text === '.' && list[at - 1]?.text !== '.';
  const named = list.filter((token, at) => /^"?awsdatacatalog"?$/i.test(token.text ?? '') && starts(at));
  return replaced(sql, named, `"${catalog.replaceAll('"', '""')}"`);
}

function replaced(sql: string, old: readonly Token[], text: string): string {
  const points = [...sql];
  for (const token of old.toReversed()) points.splice(token.start, token.stop + 1 - token.start, text);
  return points.join('');
}

/** A statement with values for its `?`. */
export function executeImmediate(sql: string, parameters: string): string {
  return `EXECUTE IMMEDIATE '${sql.replaceAll("'", "''")}' USING ${parameters}`;
}

/** What stands behind USING in EXECUTE name USING ... */
export function usingText(sql: string): string | undefined {
  const text = withoutSemicolon(sql);
  const word = tokens(text)
    .slice(2)
    .find((token) => token.text?.toUpperCase() === 'USING');
  return word === undefined
    ? undefined
    : [...text]
        .slice(word.stop + 1)
        .join('')
        .trim();
}

/** CREATE TABLE AS with other properties; lines stay where they are, so that messages tell the right one. */
export function withProperties(sql: string, properties: readonly string[]): string {
  const list = tokens(sql);
  const [from, to] = propertiesAt(list);
  const points = [...sql];
  const lines = points
    .slice(from, to)
    .filter((point) => point === '\n')
    .join('');
  return `${points.slice(0, from).join('')}WITH (${properties.join(', ')}) ${lines}${points.slice(to).join('')}`;
}

/** From WITH to behind its bracket, or twice the place of AS where there is no WITH. */
function propertiesAt(list: readonly Token[]): readonly [number, number] {
  let depth = 0;
  let from: number | undefined;
  for (const token of list) {
    const word = token.text?.toUpperCase();
    if (word === '(') depth += 1;
    if (word === ')') depth -= 1;
    if (depth === 0 && word === ')' && from !== undefined) return [from, token.stop + 1];
    if (depth === 0 && word === 'WITH') from = token.start;
    if (depth === 0 && word === 'AS') return [token.start, token.start];
  }
  throw new Error('CREATE TABLE without AS');
}

/** A query wrapped so that it has its columns and no rows, standing where it stood in its statement. */
export function columnsOnly(statement: string, query: string): string {
  const head = 'SELECT * FROM (';
  const before = statement.slice(0, Math.max(0, statement.lastIndexOf(query)));
  const lines = before.split('\n').length - 1;
  const blanks = before.length - (before.lastIndexOf('\n') + 1) - (lines === 0 ? head.length : 0);
  return `${head}${'\n'.repeat(lines)}${' '.repeat(Math.max(0, blanks))}${query}\n) AS q WHERE false`;
}

export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function nameLiteral(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
