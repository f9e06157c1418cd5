import type { Type } from '../types.ts';

/** A number in a type pattern: fixed, or a variable such as the x of varchar(x). */
export type NumberPattern = number | string | undefined;

export type Pattern =
  | { readonly kind: 'exact'; readonly type: Type }
  | { readonly kind: 'variable'; readonly name: string }
  /** Any type, each argument its own. */
  | { readonly kind: 'any' }
  | { readonly kind: 'varchar' | 'char'; readonly length: NumberPattern }
  | { readonly kind: 'decimal'; readonly precision: NumberPattern; readonly scale: NumberPattern }
  | { readonly kind: 'time' | 'timestamp'; readonly precision: NumberPattern; readonly zone: boolean }
  | { readonly kind: 'array'; readonly element: Pattern }
  | { readonly kind: 'map'; readonly key: Pattern; readonly value: Pattern }
  | { readonly kind: 'row'; readonly fields: readonly Pattern[] }
  | { readonly kind: 'function'; readonly parameters: readonly Pattern[]; readonly result: Pattern };

export interface ParsedSignature {
  readonly name: string;
  readonly parameters: readonly Pattern[];
  /** The last parameter may be repeated (also left out). */
  readonly variadic: boolean;
  readonly result: Pattern;
  readonly constraints: ReadonlyMap<string, 'comparable' | 'orderable'>;
  /** As messages show it: `max(T, bigint) T:orderable`. */
  readonly text: string;
}

interface Reader {
  readonly text: string;
  position: number;
}

/** Reads `name(type, ...) result | T:orderable`; a `...` behind the last parameter makes it repeatable. */
export function parseSignature(text: string): ParsedSignature {
  const [head, tail] = text.split('|') as [string, string | undefined];
  const reader: Reader = { text: head.trim(), position: 0 };
  const name = word(reader);
  expect(reader, '(');
  const parameters: Pattern[] = [];
  let variadic = false;
  while (!accept(reader, ')')) {
    parameters.push(pattern(reader));
    variadic = accept(reader, '...');
    accept(reader, ',');
  }
  const result = pattern(reader);
  if (reader.position !== reader.text.length) throw new Error(`signature ${text}: unread from ${reader.position}`);
  const constraints = readConstraints(tail);
  return { name, parameters, variadic, result, constraints, text: shown(reader.text, constraints) };
}

function readConstraints(text: string | undefined): Map<string, 'comparable' | 'orderable'> {
  const constraints = new Map<string, 'comparable' | 'orderable'>();
  for (const part of text?.split(',') ?? []) {
    const [variable, constraint] = part.trim().split(':') as [string, string];
    constraints.set(variable, constraint === 'orderable' ? 'orderable' : 'comparable');
  }
  return constraints;
}

function shown(head: string, constraints: ReadonlyMap<string, string>): string {
  const call = head.slice(0, head.lastIndexOf(')', closing(head)) + 1);
  const variables = [...new Set(call.match(/\b[A-Z]\d*\b/g) ?? [])];
  const tail = variables.map((name) => (constraints.has(name) ? `${name}:${constraints.get(name)}` : name)).join(', ');
  return tail === '' ? call : `${call} ${tail}`;
}

/** Where the parameter list ends. */
function closing(head: string): number {
  let depth = 0;
  for (let index = head.indexOf('('); index < head.length; index += 1) {
    if (head[index] === '(') depth += 1;
    if (head[index] === ')') depth -= 1;
    if (depth === 0) return index;
  }
  return head.length;
}

function skipBlanks(reader: Reader): void {
  while (reader.text[reader.position] === ' ') reader.position += 1;
}

function accept(reader: Reader, sign: string): boolean {
  skipBlanks(reader);
  if (!reader.text.startsWith(sign, reader.position)) return false;
  reader.position += sign.length;
  skipBlanks(reader);
  return true;
}

function expect(reader: Reader, sign: string): void {
  if (!accept(reader, sign)) throw new Error(`signature ${reader.text}: ${sign} expected at ${reader.position}`);
}

function word(reader: Reader): string {
  skipBlanks(reader);
  const match = /^[\w$@]+/.exec(reader.text.slice(reader.position));
  if (match === null) throw new Error(`signature ${reader.text}: a word expected at ${reader.position}`);
  reader.position += match[0].length;
  skipBlanks(reader);
  return match[0];
}

function pattern(reader: Reader): Pattern {
  const name = word(reader);
  if (/^[A-Z]\d*$/.test(name)) return { kind: 'variable', name };
  switch (name) {
    case 'varchar':
    case 'char':
      return { kind: name, length: numbers(reader)[0] };
    case 'joniregexp':
    case 'jsonpath':
    case 'codepoints':
      // Trino's inner types for constants that are given as varchar
      return { kind: 'varchar', length: undefined };
    case '_':
      return { kind: 'any' };
    case 'decimal': {
      const [precision, scale] = numbers(reader);
      return { kind: 'decimal', precision, scale };
    }
    case 'time':
    case 'timestamp': {
      const [precision] = numbers(reader);
      return { kind: name, precision, zone: accept(reader, 'with time zone') };
    }
    case 'interval':
      if (accept(reader, 'year to month')) return exact({ kind: 'interval', unit: 'year to month' });
      expect(reader, 'day to second');
      return exact({ kind: 'interval', unit: 'day to second' });
    case 'array': {
      const [element] = parts(reader) as [Pattern];
      return { kind: 'array', element };
    }
    case 'map': {
      const [key, value] = parts(reader) as [Pattern, Pattern];
      return { kind: 'map', key, value };
    }
    case 'row':
      return { kind: 'row', fields: parts(reader) };
    case 'function': {
      const inner = parts(reader);
      return { kind: 'function', parameters: inner.slice(0, -1), result: inner.at(-1)! };
    }
    default:
      return exact({ kind: name } as Type);
  }
}

function exact(type: Type): Pattern {
  return { kind: 'exact', type };
}

function parts(reader: Reader): Pattern[] {
  const found: Pattern[] = [];
  expect(reader, '(');
  while (!accept(reader, ')')) {
    found.push(pattern(reader));
    accept(reader, ',');
  }
  return found;
}

function numbers(reader: Reader): NumberPattern[] {
  const found: NumberPattern[] = [];
  if (!accept(reader, '(')) return found;
  while (!accept(reader, ')')) {
    const text = word(reader);
    found.push(/^\d+$/.test(text) ? Number(text) : text);
    accept(reader, ',');
  }
  return found;
}
