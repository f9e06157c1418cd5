/**
 * A scanner for Trino SQL that knows just what must not be looked into (strings, quoted names, comments). It is Weir's
 * own, not the grammar library's, because hashes are made of its tokens: they must outlive any upgrade.
 */

export type TokenKind = 'space' | 'comment' | 'string' | 'quoted' | 'word' | 'symbol';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset of the first character; `end` is the offset behind the last one. */
  readonly start: number;
  readonly end: number;
}

const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /\s+/y],
  ['comment', /--[^\r\n]*|\/\*[\s\S]*?(?:\*\/|$)/y],
  ['string', /'(?:[^']|'')*(?:'|$)/y],
  ['quoted', /"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)/y],
  ['word', /[\p{L}\p{N}_$@]+/uy],
  ['symbol', /[\s\S]/uy],
];

/** Every character of the text is in exactly one token. What is left open (a string, a comment) reaches to the end. */
export function scan(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let start = 0; start < text.length; ) {
    const token = tokenAt(text, start);
    tokens.push(token);
    start = token.end;
  }
  return tokens;
}

/** The tokens that mean something: no spaces, no comments. */
export function significant(text: string): readonly Token[] {
  return scan(text).filter((token) => token.kind !== 'space' && token.kind !== 'comment');
}

function tokenAt(text: string, start: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    if (match) return { kind, text: match[0], start, end: start + match[0].length };
  }
  return { kind: 'symbol', text: text.slice(start, start + 1), start, end: start + 1 };
}

/** A string, quoted name or comment that nothing closes, which the grammar would report far from its cause. */
export function unclosed(text: string): { readonly start: number; readonly message: string } | undefined {
  const last = scan(text).at(-1);
  if (!last) return undefined;
  const closed = (quote: string): boolean => (last.text.length - last.text.replaceAll(quote, '').length) % 2 === 0;
  if (last.kind === 'string' && !closed("'")) return { start: last.start, message: "this ' is never closed" };
  const quote = last.text.charAt(0);
  if (last.kind === 'quoted' && !closed(quote)) return { start: last.start, message: `this ${quote} is never closed` };
  const bracketed = last.kind === 'comment' && last.text.startsWith('/*');
  if (bracketed && !/^\/\*[\s\S]*\*\/$/.test(last.text))
    return { start: last.start, message: 'this /* is never closed' };
  return undefined;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Line and column, from 1, of an offset in a text. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - (before.lastIndexOf('\n') + 1) + 1 };
}
