import { normalForm } from './normal-form.ts';
import { parseSelect } from './parse.ts';
import { quoteIdentifier } from './quote.ts';
import { significant, type Token } from './tokens.ts';

/** The text that a TRY_CAST reads, and where one more column can be put into the SELECT that has it. */
export interface CastProbe {
  readonly source: string;
  readonly insertAt: number;
}

/**
 * Finds what an output column is cast from: `TRY_CAST(sale_id AS bigint) AS sale_id` is from `sale_id`. Only in a plain
 * SELECT, where another column may be added without changing the rows.
 */
export function castProbe(sql: string, column: string): CastProbe | undefined {
  const parsed = parseSelect(sql);
  const index = parsed.outputNames?.indexOf(column) ?? -1;
  if (!parsed.ok || index < 0 || !/^select (?!distinct\b|all\b)/.test(normalForm(sql))) return undefined;
  const tokens = significant(sql);
  if (tokens.some((token) => /^(union|intersect|except|group|having|distinct)$/i.test(token.text))) return undefined;
  const items = selectItems(tokens);
  const last = items?.at(-1)?.at(-1);
  const source = items && sourceOf(items[index] ?? [], sql);
  return source === undefined || last === undefined ? undefined : { source, insertAt: last.end };
}

/** The source values of an output column that its cast made null: a few, each once. */
export function probeQuery(sql: string, probe: CastProbe, column: string, most = 5): string {
  const added = `, CAST(${probe.source} AS varchar) AS weir_source`;
  const text = sql.slice(0, probe.insertAt) + added + sql.slice(probe.insertAt);
  return [
    'SELECT DISTINCT weir_source',
    `FROM (\n${text}\n) AS probed`,
    `WHERE ${quoteIdentifier(column)} IS NULL AND weir_source IS NOT NULL`,
    `LIMIT ${most}`,
  ].join('\n');
}

/** The tokens of each item between SELECT and its FROM. */
function selectItems(tokens: readonly Token[]): readonly (readonly Token[])[] | undefined {
  const items: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens.slice(1)) {
    if (token.text === '(' || token.text === '[') depth += 1;
    if (token.text === ')' || token.text === ']') depth -= 1;
    if (depth === 0 && token.kind === 'word' && token.text.toLowerCase() === 'from') return items;
    if (depth === 0 && token.text === ',') items.push([]);
    else items.at(-1)!.push(token);
  }
  return undefined;
}

/** `TRY_CAST ( <source> AS type ) ...`: the text between the bracket and its AS. */
function sourceOf(item: readonly Token[], sql: string): string | undefined {
  const start = item.findIndex((token) => token.text.toLowerCase() === 'try_cast');
  const open = item[start + 1];
  if (start < 0 || open?.text !== '(') return undefined;
  let depth = 0;
  for (const token of item.slice(start + 1)) {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (depth === 1 && token.text.toLowerCase() === 'as') return sql.slice(open.end, token.start).trim();
  }
  return undefined;
}
