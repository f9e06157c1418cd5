import type { Token } from 'antlr4ng';
import type { Property, Statement } from '../ast.ts';
import { expression } from './expressions.ts';
import { unquote } from './literals.ts';
import { placeOfToken, syntaxError } from './place.ts';
import { rootQuery } from './queries.ts';
import { tokens, tree } from './tree.ts';

/** Keeps a part of a text at its place, so that messages tell the right line and column. */
function inPlace(sql: string, from: number, to: number): string {
  const points = [...sql];
  return points.map((point, index) => (index >= from && index < to ? point : point === '\n' ? '\n' : ' ')).join('');
}

function closing(list: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < list.length; i++) {
    if (list[i]?.text === '(') depth += 1;
    if (list[i]?.text === ')') depth -= 1;
    if (depth === 0) return i;
  }
  throw syntaxError(placeOfToken(list[open] as Token), "mismatched input '('. Expecting: ')'");
}

/** Athena's own `UNLOAD (query) TO 'location' WITH (name = value, ...)`, which Trino's grammar lacks. */
export function unload(sql: string): Statement | undefined {
  if (!/^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*unload\b/i.test(sql)) return undefined;
  const list = tokens(sql);
  const [word, open] = list;
  if (!word || open?.text !== '(') return undefined;
  const close = closing(list, 1);
  const [to, location, withWord, withOpen] = list.slice(close + 1);
  if (to?.text?.toUpperCase() !== 'TO' || !location?.text?.startsWith("'")) {
    throw syntaxError(placeOfToken(to ?? open), `mismatched input '${to?.text ?? '<EOF>'}'. Expecting: 'TO'`);
  }
  const [start, stop] = [open.stop + 1, (list[close] as Token).start];
  const query = rootQuery(tree(inPlace(sql, start, stop), (parser) => parser.rootQuery()));
  const rest = list.slice(close + 3).filter((token) => token.text !== ';');
  if (rest.length > 0 && (withWord?.text?.toUpperCase() !== 'WITH' || withOpen?.text !== '(')) {
    throw syntaxError(placeOfToken(rest[0] as Token), `mismatched input '${rest[0]?.text}'. Expecting: 'WITH', <EOF>`);
  }
  return {
    kind: 'unload',
    query,
    sql: [...sql].slice(start, stop).join('').trim(),
    to: unquote(location.text),
    properties: rest.length > 0 ? assignments(sql, list, close + 4) : [],
    at: placeOfToken(word),
  };
}

function assignments(sql: string, list: readonly Token[], open: number): Property[] {
  const close = closing(list, open);
  const found: Property[] = [];
  let i = open + 1;
  while (i < close) {
    const name = list[i] as Token;
    if (list[i + 1]?.text !== '=')
      throw syntaxError(placeOfToken(name), `mismatched input '${name.text}'. Expecting: <identifier>`);
    let end = i + 2;
    let depth = 0;
    while (end < close && (depth > 0 || list[end]?.text !== ',')) {
      if ('(['.includes(list[end]?.text ?? '')) depth += 1;
      if (')]'.includes(list[end]?.text ?? '')) depth -= 1;
      end += 1;
    }
    const [first, last] = [list[i + 2] as Token, list[end - 1] as Token];
    const value = expression(tree(inPlace(sql, first.start, last.stop + 1), (parser) => parser.expression()));
    found.push({ name: unquoteName(name.text ?? ''), value, at: placeOfToken(name) });
    i = end + 1;
  }
  return found;
}

function unquoteName(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
}
