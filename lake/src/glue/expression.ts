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

/** Reads an expression; OR binds loosest, then AND, then NOT. Throws ExpressionError. */
export function parseExpression(source: string): Expression {
  const tokens = tokenize(source);
  let next = 0;
  let depth = 0;
  const peek = () => tokens[next]!;
  const fail = (token = peek()): never => {
    throw new ExpressionError(token.kind === 'end' ? 'unexpected end' : `unexpected '${token.text}'`, token.at);
  };
  const accept = (text: string) => {
    const token = peek();
    if ((token.kind !== 'word' && token.kind !== 'symbol') || token.text !== text) return false;
    next++;
    return true;
  };
  const expect = (text: string) => accept(text) || fail();
  const nested = <T>(read: () => T): T => {
    if (++depth > DEPTH) throw new ExpressionError('nested too deeply', peek().at);
    const result = read();
    depth--;
    return result;
  };

  const disjunction = (): Expression => {
    let left = conjunction();
    while (accept('or')) left = { kind: 'or', left, right: conjunction() };
    return left;
  };
  const conjunction = (): Expression => {
    let left = negation();
    while (accept('and')) left = { kind: 'and', left, right: negation() };
    return left;
  };
  const negation = (): Expression => {
    if (accept('not')) return { kind: 'not', inner: nested(negation) };
    if (!accept('(')) return predicate();
    const inner = nested(disjunction);
    expect(')');
    return inner;
  };
  const literal = (): string => {
    // DATE '2024-01-31' and TIMESTAMP '...': the key's type says how to compare, so the word adds nothing.
    if (peek().kind === 'name' && /^(date|timestamp)$/i.test(peek().text) && tokens[next + 1]?.kind === 'literal')
      next++;
    return peek().kind === 'literal' ? tokens[next++]!.text : fail();
  };
  const comparison = (): Comparison => {
    const token = peek();
    if (token.kind !== 'symbol' || !(token.text in MIRROR)) return fail();
    next++;
    return token.text as Comparison;
  };
  const predicate = (): Expression => {
    if (peek().kind === 'literal') {
      const value = literal();
      const operator = MIRROR[comparison()];
      return { kind: 'compare', column: column(), operator, literal: value };
    }
    const name = column();
    if (accept('is')) {
      const negated = accept('not');
      expect('null');
      return negate(negated, { kind: 'null', column: name });
    }
    const negated = accept('not');
    if (accept('in')) return negate(negated, { kind: 'in', column: name, literals: list() });
    if (accept('between')) {
      const low = literal();
      expect('and');
      return negate(negated, { kind: 'between', column: name, low, high: literal() });
    }
    if (accept('like')) {
      const pattern = literal();
      const escapeCharacter = accept('escape') ? literal() : undefined;
      return negate(negated, { kind: 'like', column: name, pattern, escape: escapeCharacter });
    }
    if (negated) return fail();
    const operator = comparison();
    return { kind: 'compare', column: name, operator, literal: literal() };
  };
  const column = (): string => (peek().kind === 'name' ? tokens[next++]!.text : fail());
  const list = (): string[] => {
    expect('(');
    const literals = [literal()];
    while (accept(',')) literals.push(literal());
    expect(')');
    return literals;
  };

  const expression = disjunction();
  if (peek().kind !== 'end') fail();
  return expression;
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
