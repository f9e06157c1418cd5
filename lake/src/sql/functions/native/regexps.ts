import { javaRegExp } from './java-regexp.ts';
import { invalidArgument, native, nativeWithNulls } from './udf.ts';

function groupCount(expression: RegExp): number {
  return new RegExp(`${expression.source}|`, expression.flags.replace('g', '')).exec('')!.length - 1;
}

function checkGroup(expression: RegExp, group: bigint): void {
  const count = groupCount(expression);
  if (group < 0n) throw invalidArgument('Group cannot be negative');
  if (group > BigInt(count)) throw invalidArgument(`Pattern has ${count} groups. Cannot access group ${group}`);
}

function extract(text: string, pattern: string, group: bigint): string | null {
  const expression = javaRegExp(pattern);
  checkGroup(expression, group);
  expression.lastIndex = 0;
  return expression.exec(text)?.[Number(group)] ?? null;
}

function extractAll(text: string, pattern: string, group: bigint): (string | null)[] {
  const expression = javaRegExp(pattern);
  checkGroup(expression, group);
  return [...text.matchAll(expression)].map((match) => match[Number(group)] ?? null);
}

/** Java's replacement text: $1, ${name}, \$. */
function replace(text: string, pattern: string, replacement: string): string {
  const expression = javaRegExp(pattern);
  const count = groupCount(expression);
  const parts = [...replacement.matchAll(/\\([\s\S])|\$(\d)(\d*)|\$\{(\w+)\}|\$|([^\\$]+)|\\/g)];
  return text.replaceAll(expression, (...found) => parts.map((part) => piece(part, found, count)).join(''));
}

function piece(part: RegExpExecArray, found: readonly unknown[], count: number): string {
  const [, escaped, first, more = '', name, plain] = part;
  if (escaped !== undefined) return escaped;
  if (plain !== undefined) return plain;
  if (name !== undefined) {
    const groups = found.at(-1) as Readonly<Record<string, string>> | undefined;
    if (typeof groups !== 'object' || !(name in groups))
      throw invalidArgument(`Illegal replacement sequence: unknown group { ${name} }`);
    return groups[name] ?? '';
  }
  if (first === undefined) throw invalidArgument('Illegal replacement sequence: ');
  return numbered(first, more, found, count);
}

function numbered(first: string, more: string, found: readonly unknown[], count: number): string {
  if (Number(first) > count) throw invalidArgument(`Illegal replacement sequence: unknown group ${first}`);
  let [group, used] = [Number(first), 0];
  while (used < more.length && group * 10 + Number(more[used]) <= count) {
    group = group * 10 + Number(more[used]);
    used += 1;
  }
  return `${(found[group] as string | undefined) ?? ''}${more.slice(used)}`;
}

/** [number of groups, text before, groups of match 1, text after, groups of match 2, ...]. */
function pieces(text: string, pattern: string): (string | null)[] {
  const expression = javaRegExp(pattern);
  const found: (string | null)[] = [String(groupCount(expression))];
  let last = 0;
  for (const match of text.matchAll(expression)) {
    found.push(text.slice(last, match.index), ...match.slice(1).map((group) => group ?? null));
    last = match.index + match[0].length;
  }
  found.push(text.slice(last));
  return found;
}

function split(text: string, pattern: string): string[] {
  const parts: string[] = [];
  let last = 0;
  for (const match of text.matchAll(javaRegExp(pattern))) {
    parts.push(text.slice(last, match.index));
    last = match.index + match[0].length;
  }
  return [...parts, text.slice(last)];
}

function position(text: string, pattern: string, start: bigint, occurrence: bigint): bigint {
  if (start < 1n) throw invalidArgument('start position cannot be smaller than 1');
  if (occurrence < 1n) throw invalidArgument('occurrence cannot be smaller than 1');
  const letters = [...text];
  const from = letters.slice(0, Number(start) - 1).join('').length;
  const matches = [...text.matchAll(javaRegExp(pattern))].filter((match) => match.index >= from);
  const match = matches[Number(occurrence) - 1];
  return match === undefined ? -1n : BigInt([...text.slice(0, match.index)].length + 1);
}

/** LIKE with an escape sign: `%` and `_` after it are themselves. */
function like(text: string | null, pattern: string | null, mark: string | null): boolean | null {
  if (text === null || pattern === null || mark === null) return null;
  if ([...mark].length !== 1) throw invalidArgument('Escape string must be a single character');
  let source = '';
  let escaping = false;
  for (const sign of pattern) {
    if (escaping && sign !== '%' && sign !== '_' && sign !== mark) {
      throw invalidArgument("Escape character must be followed by '%', '_' or the escape character itself");
    }
    if (!escaping && sign === mark) {
      escaping = true;
      continue;
    }
    if (!escaping && sign === '%') source += '[\\s\\S]*';
    else if (!escaping && sign === '_') source += '[\\s\\S]';
    else source += sign.replaceAll(/[\^$\\.*+?()[\]{}|/]/g, '\\$&');
    escaping = false;
  }
  if (escaping) throw invalidArgument("Escape character must be followed by '%', '_' or the escape character itself");
  return new RegExp(`^${source}$`, 'u').test(text);
}

/** Java's regular expressions. */
export const regexpNatives = [
  native('weir_regexp_like(VARCHAR, VARCHAR) BOOLEAN', (text: string, pattern: string) => {
    const expression = javaRegExp(pattern);
    expression.lastIndex = 0;
    return expression.test(text);
  }),
  native('weir_regexp_extract(VARCHAR, VARCHAR, BIGINT) VARCHAR', extract),
  native('weir_regexp_extract_all(VARCHAR, VARCHAR, BIGINT) VARCHAR[]', extractAll),
  native('weir_regexp_replace(VARCHAR, VARCHAR, VARCHAR) VARCHAR', replace),
  native('weir_regexp_pieces(VARCHAR, VARCHAR) VARCHAR[]', pieces),
  native('weir_regexp_split(VARCHAR, VARCHAR) VARCHAR[]', split),
  native('weir_regexp_count(VARCHAR, VARCHAR) BIGINT', (text: string, pattern: string) =>
    BigInt([...text.matchAll(javaRegExp(pattern))].length),
  ),
  native('weir_regexp_position(VARCHAR, VARCHAR, BIGINT, BIGINT) BIGINT', position),
  nativeWithNulls('weir_like(VARCHAR, VARCHAR, VARCHAR) BOOLEAN', like),
].map((one) => ({ ...one, patterns: true }));
