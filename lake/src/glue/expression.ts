/** The filter language of GetPartitions: a WHERE clause over partition keys. This file reads it; filter.ts applies it. */

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly inner: Expression }
  | { readonly kind: 'compare'; readonly column: string; readonly operator: Comparison; readonly literal: string }
  | { readonly kind: 'in'; readonly column: string; readonly literals: readonly string[] }
  | { readonly kind: 'between'; readonly column: string; readonly low: string; readonly high: string }
  | { readonly kind: 'like'; readonly column: string; readonly pattern: string; readonly escape: string | undefined }
  | { readonly kind: 'null'; readonly column: string };

/** The text is no expression; `at` is the offset of the first token that does not fit. */
export class ExpressionError extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.name = 'ExpressionError';
    this.at = at;
  }
}

interface Token {
  readonly kind: 'word' | 'name' | 'literal' | 'symbol' | 'end';
  readonly text: string;
  readonly at: number;
}

const TOKEN =
  /\s*(?:(?<text>'(?:[^']|'')*')|(?<quoted>"(?:[^"]|"")+"|`[^`]+`)|(?<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?![\w]))|(?<word>[A-Za-z_][\w$]*)|(?<symbol><>|!=|<=|>=|[=<>(),]))/y;

const RESERVED = new Set(['and', 'or', 'not', 'in', 'between', 'like', 'is', 'null', 'escape']);

const DEPTH = 200;

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (/\S/.test(source.slice(position))) {
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(source);
    const begin = position + (/\S/.exec(source.slice(position))?.index ?? 0);
    if (!match?.groups) throw new ExpressionError(`unexpected '${source[begin]}'`, begin);
    tokens.push(tokenOf(match.groups, begin));
    position = TOKEN.lastIndex;
  }
  tokens.push({ kind: 'end', text: '', at: source.length });
  return tokens;
}

function tokenOf(groups: Record<string, string | undefined>, at: number): Token {
  if (groups.text !== undefined) return { kind: 'literal', text: groups.text.slice(1, -1).replaceAll("''", "'"), at };
  if (groups.number !== undefined) return { kind: 'literal', text: groups.number.replace(/^\+/, ''), at };
  if (groups.quoted !== undefined) return { kind: 'name', text: groups.quoted.slice(1, -1).replaceAll('""', '"'), at };
  if (groups.word !== undefined) {
    const reserved = RESERVED.has(groups.word.toLowerCase());
    return { kind: reserved ? 'word' : 'name', text: reserved ? groups.word.toLowerCase() : groups.word, at };
  }
  return { kind: 'symbol', text: groups.symbol === '!=' ? '<>' : groups.symbol!, at };
}

/** The tokens, and how far they are read. */
interface Cursor {
  readonly tokens: readonly Token[];
  next: number;
  depth: number;
}

/** Reads an expression; OR binds loosest, then AND, then NOT. Throws ExpressionError. */
export function parseExpression(source: string): Expression {
  const cursor: Cursor = { tokens: tokenize(source), next: 0, depth: 0 };
  const expression = disjunction(cursor);
  if (peek(cursor).kind !== 'end') throw unexpected(cursor);
  return expression;
}

function disjunction(cursor: Cursor): Expression {
  let left = conjunction(cursor);
  while (accept(cursor, 'or')) left = { kind: 'or', left, right: conjunction(cursor) };
  return left;
}

function conjunction(cursor: Cursor): Expression {
  let left = negation(cursor);
  while (accept(cursor, 'and')) left = { kind: 'and', left, right: negation(cursor) };
  return left;
}

function negation(cursor: Cursor): Expression {
  if (accept(cursor, 'not')) return { kind: 'not', inner: nested(cursor, negation) };
  if (!accept(cursor, '(')) return predicate(cursor);
  const inner = nested(cursor, disjunction);
  expect(cursor, ')');
  return inner;
}

function predicate(cursor: Cursor): Expression {
  if (peek(cursor).kind === 'literal') {
    const value = literal(cursor);
    const operator = MIRROR[comparison(cursor)];
    return { kind: 'compare', column: column(cursor), operator, literal: value };
  }
  const name = column(cursor);
  if (accept(cursor, 'is')) {
    const negated = accept(cursor, 'not');
    expect(cursor, 'null');
    return negate(negated, { kind: 'null', column: name });
  }
  const negated = accept(cursor, 'not');
  const found = listed(cursor, name) ?? between(cursor, name) ?? like(cursor, name);
  if (found) return negate(negated, found);
  if (negated) throw unexpected(cursor);
  const operator = comparison(cursor);
  return { kind: 'compare', column: name, operator, literal: literal(cursor) };
}

function listed(cursor: Cursor, name: string): Expression | undefined {
  if (!accept(cursor, 'in')) return undefined;
  expect(cursor, '(');
  const literals = [literal(cursor)];
  while (accept(cursor, ',')) literals.push(literal(cursor));
  expect(cursor, ')');
  return { kind: 'in', column: name, literals };
}

function between(cursor: Cursor, name: string): Expression | undefined {
  if (!accept(cursor, 'between')) return undefined;
  const low = literal(cursor);
  expect(cursor, 'and');
  return { kind: 'between', column: name, low, high: literal(cursor) };
}

function like(cursor: Cursor, name: string): Expression | undefined {
  if (!accept(cursor, 'like')) return undefined;
  const pattern = literal(cursor);
  return { kind: 'like', column: name, pattern, escape: accept(cursor, 'escape') ? literal(cursor) : undefined };
}

function column(cursor: Cursor): string {
  if (peek(cursor).kind !== 'name') throw unexpected(cursor);
  return cursor.tokens[cursor.next++]!.text;
}

function literal(cursor: Cursor): string {
  // DATE '2024-01-31' and TIMESTAMP '...': the key's type says how to compare, so the word adds nothing.
  const { kind, text } = peek(cursor);
  const typed = kind === 'name' && /^(date|timestamp)$/i.test(text);
  if (typed && cursor.tokens[cursor.next + 1]?.kind === 'literal') cursor.next++;
  if (peek(cursor).kind !== 'literal') throw unexpected(cursor);
  return cursor.tokens[cursor.next++]!.text;
}

function comparison(cursor: Cursor): Comparison {
  const token = peek(cursor);
  if (token.kind !== 'symbol' || !(token.text in MIRROR)) throw unexpected(cursor);
  cursor.next++;
  return token.text as Comparison;
}

function peek(cursor: Cursor): Token {
  return cursor.tokens[cursor.next]!;
}

function accept(cursor: Cursor, text: string): boolean {
  const token = peek(cursor);
  if ((token.kind !== 'word' && token.kind !== 'symbol') || token.text !== text) return false;
  cursor.next++;
  return true;
}

function expect(cursor: Cursor, text: string): void {
  if (!accept(cursor, text)) throw unexpected(cursor);
}

function nested(cursor: Cursor, read: (cursor: Cursor) => Expression): Expression {
  if (++cursor.depth > DEPTH) throw new ExpressionError('nested too deeply', peek(cursor).at);
  const inner = read(cursor);
  cursor.depth--;
  return inner;
}

function unexpected(cursor: Cursor): ExpressionError {
  const token = peek(cursor);
  return new ExpressionError(token.kind === 'end' ? 'unexpected end' : `unexpected '${token.text}'`, token.at);
}

const MIRROR: Readonly<Record<Comparison, Comparison>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function negate(negated: boolean, inner: Expression): Expression {
  return negated ? { kind: 'not', inner } : inner;
}
