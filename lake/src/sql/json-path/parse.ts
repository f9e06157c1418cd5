import { type Path, PathError, type PathNode, type Predicate, type Subscript } from './syntax.ts';

interface Reader {
  readonly tokens: readonly string[];
  position: number;
}

const pattern =
  /\s*("(?:[^"\\]|\\.)*"|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\$[A-Za-z_][A-Za-z0-9_]*|[A-Za-z_][A-Za-z0-9_]*|==|!=|<>|<=|>=|&&|\|\||[$@.*[\]()?,<>!+\-/%])\s*/y;

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) throw new PathError(`unexpected character at ${start + 1}`);
    tokens.push(match[1]!);
  }
  return tokens;
}

/** Reads `lax $.a[*] ? (@ > 1)`. */
export function parsePath(text: string): Path {
  const reader: Reader = { tokens: tokenize(text), position: 0 };
  const mode = next(reader)?.toLowerCase();
  if (mode !== 'lax' && mode !== 'strict') throw new PathError("a path begins with 'lax' or 'strict'");
  const root = additive(reader);
  if (reader.position < reader.tokens.length) throw new PathError(`unexpected '${peek(reader)}'`);
  return { lax: mode === 'lax', root };
}

const peek = (reader: Reader, ahead = 0): string | undefined => reader.tokens[reader.position + ahead];

function next(reader: Reader): string | undefined {
  reader.position += 1;
  return reader.tokens[reader.position - 1];
}

function accept(reader: Reader, token: string): boolean {
  if (peek(reader) !== token) return false;
  reader.position += 1;
  return true;
}

function expect(reader: Reader, token: string): void {
  if (!accept(reader, token)) throw new PathError(`'${token}' expected, not '${peek(reader) ?? 'the end'}'`);
}

function additive(reader: Reader): PathNode {
  let left = multiplicative(reader);
  for (let operator = peek(reader); operator === '+' || operator === '-'; operator = peek(reader)) {
    reader.position += 1;
    left = { kind: 'arithmetic', operator, left, right: multiplicative(reader) };
  }
  return left;
}

function multiplicative(reader: Reader): PathNode {
  let left = signed(reader);
  for (let operator = peek(reader); operator === '*' || operator === '/' || operator === '%'; operator = peek(reader)) {
    reader.position += 1;
    left = { kind: 'arithmetic', operator, left, right: signed(reader) };
  }
  return left;
}

function signed(reader: Reader): PathNode {
  const operator = peek(reader);
  if (operator !== '+' && operator !== '-') return accessors(reader);
  reader.position += 1;
  return { kind: 'sign', operator, value: signed(reader) };
}

function accessors(reader: Reader): PathNode {
  let base = primary(reader);
  for (;;) {
    if (accept(reader, '.')) base = memberOrMethod(reader, base);
    else if (accept(reader, '[')) base = elements(reader, base);
    else if (accept(reader, '?')) {
      expect(reader, '(');
      base = { kind: 'filter', base, test: disjunction(reader) };
      expect(reader, ')');
    } else return base;
  }
}

function memberOrMethod(reader: Reader, base: PathNode): PathNode {
  const token = next(reader);
  if (token === '*') return { kind: 'member', base, name: undefined };
  if (token?.startsWith('"')) return { kind: 'member', base, name: JSON.parse(token) as string };
  if (!token || !/^[A-Za-z_$]/.test(token)) throw new PathError(`a name expected, not '${token ?? 'the end'}'`);
  if (peek(reader) === '(' && peek(reader, 1) === ')') {
    reader.position += 2;
    return { kind: 'method', base, name: token };
  }
  return { kind: 'member', base, name: token };
}

function elements(reader: Reader, base: PathNode): PathNode {
  if (accept(reader, '*')) {
    expect(reader, ']');
    return { kind: 'elements', base, subscripts: undefined };
  }
  const subscripts: Subscript[] = [];
  do {
    const from = additive(reader);
    const to = accept(reader, 'to') ? additive(reader) : undefined;
    subscripts.push({ from, to });
  } while (accept(reader, ','));
  expect(reader, ']');
  return { kind: 'elements', base, subscripts };
}

function primary(reader: Reader): PathNode {
  const token = next(reader);
  if (token === undefined) throw new PathError('the path ends too early');
  if (token === '$') return { kind: 'context' };
  if (token === '@') return { kind: 'current' };
  if (token === 'last') return { kind: 'last' };
  if (token === 'null') return { kind: 'literal', value: null };
  if (token === 'true' || token === 'false') return { kind: 'literal', value: token === 'true' };
  if (token.startsWith('"')) return { kind: 'literal', value: JSON.parse(token) as string };
  if (token.startsWith('$')) return { kind: 'variable', name: token.slice(1) };
  if (/^\d/.test(token)) return { kind: 'literal', value: Number(token) };
  if (token !== '(') throw new PathError(`unexpected '${token}'`);
  const inner = additive(reader);
  expect(reader, ')');
  return inner;
}

function disjunction(reader: Reader): Predicate {
  let left = conjunction(reader);
  while (accept(reader, '||')) left = { kind: 'or', left, right: conjunction(reader) };
  return left;
}

function conjunction(reader: Reader): Predicate {
  let left = predicate(reader);
  while (accept(reader, '&&')) left = { kind: 'and', left, right: predicate(reader) };
  return left;
}

/** A parenthesis may hold a predicate or a path: the one that can be read is meant. */
function predicate(reader: Reader): Predicate {
  if (accept(reader, '!')) return { kind: 'not', value: predicate(reader) };
  if (peek(reader) === 'exists') {
    reader.position += 1;
    expect(reader, '(');
    const path = additive(reader);
    expect(reader, ')');
    return { kind: 'exists', path };
  }
  if (peek(reader) !== '(') return comparison(reader);
  const start = reader.position;
  try {
    reader.position += 1;
    const inner = disjunction(reader);
    expect(reader, ')');
    if (peek(reader) !== 'is') return inner;
    for (const word of ['is', 'unknown']) expect(reader, word);
    return { kind: 'is-unknown', value: inner };
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    reader.position = start;
    return comparison(reader);
  }
}

const comparisons = ['==', '!=', '<>', '<', '>', '<=', '>='];

function comparison(reader: Reader): Predicate {
  const left = additive(reader);
  const operator = next(reader);
  if (operator && comparisons.includes(operator)) return { kind: 'compare', operator, left, right: additive(reader) };
  if (operator === 'starts') {
    expect(reader, 'with');
    return { kind: 'starts-with', value: left, start: additive(reader) };
  }
  if (operator !== 'like_regex') throw new PathError(`a comparison expected, not '${operator ?? 'the end'}'`);
  const text = next(reader);
  if (!text?.startsWith('"')) throw new PathError('like_regex needs a string');
  const flags = accept(reader, 'flag') ? (JSON.parse(next(reader) ?? '""') as string) : '';
  return {
    kind: 'like-regex',
    value: left,
    pattern: new RegExp(JSON.parse(text) as string, `${flags.replace(/[^ims]/g, '')}u`),
  };
}
