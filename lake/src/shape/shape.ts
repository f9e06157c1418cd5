/**
 * What an AWS service checks of a request before it looks at anything else: types, required members, lengths, ranges,
 * patterns, enums. Members that are not described pass through unread, so nothing that a newer SDK sends is lost.
 */
export type Shape =
  | {
      readonly kind: 'string';
      readonly min?: number;
      readonly max?: number;
      readonly pattern?: RegExp;
      readonly oneOf?: readonly string[];
      /** Limits count UTF-8 bytes, not characters. */
      readonly bytes?: boolean;
    }
  | { readonly kind: 'integer' | 'number'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'boolean' | 'time' | 'any' }
  | { readonly kind: 'list'; readonly of: Shape; readonly min?: number; readonly max?: number }
  | { readonly kind: 'map'; readonly of: Shape; readonly longestKey?: number }
  | {
      readonly kind: 'structure';
      readonly members: Readonly<Record<string, Shape>>;
      readonly required: readonly string[];
    };

export type Problem =
  /** The JSON does not have the member's type: AWS answers SerializationException. */
  | { readonly kind: 'type'; readonly path: string; readonly message: string }
  /** The value breaks a constraint: AWS lists all of these in one message. */
  | { readonly kind: 'constraint'; readonly path: string; readonly message: string };

type Bounds = { readonly min?: number; readonly max?: number };

export const text = (bounds: Omit<Extract<Shape, { kind: 'string' }>, 'kind'> = {}): Shape => ({
  kind: 'string',
  ...bounds,
});
export const oneOf = (...values: readonly string[]): Shape => ({ kind: 'string', oneOf: values });
export const integer = (bounds: Bounds = {}): Shape => ({ kind: 'integer', ...bounds });
export const list = (of: Shape, bounds: Bounds = {}): Shape => ({ kind: 'list', of, ...bounds });
/** `longestKey` counts bytes. */
export const map = (of: Shape, longestKey?: number): Shape => ({
  kind: 'map',
  of,
  ...(longestKey === undefined ? {} : { longestKey }),
});
export const boolean: Shape = { kind: 'boolean' };
export const time: Shape = { kind: 'time' };
export const any: Shape = { kind: 'any' };

/** Members whose name ends in `!` are required. */
export function structure(members: Readonly<Record<string, Shape>>): Shape {
  const bare = Object.entries(members).map(([name, shape]) => [name.replace(/!$/, ''), shape] as const);
  const required = Object.keys(members).filter((name) => name.endsWith('!'));
  return { kind: 'structure', members: Object.fromEntries(bare), required: required.map((name) => name.slice(0, -1)) };
}

/** Deeper than anything a service describes: what is kept must be readable by any code that walks it. */
const DEEPEST = 100;

/** All problems of a value, those of type first. */
export function problemsOf(shape: Shape, value: unknown): readonly Problem[] {
  if (isDeeper(value, DEEPEST)) return [{ kind: 'type', path: '', message: 'the request is nested too deeply' }];
  const problems: Problem[] = [];
  walk(shape, value, '', problems);
  return problems.sort((a, b) => (a.kind === b.kind ? 0 : a.kind === 'type' ? -1 : 1));
}

function isDeeper(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  return levels === 0 || Object.values(value).some((child) => isDeeper(child, levels - 1));
}

const LISTED = 25;

/** The sentence AWS writes for broken constraints. */
export function constraintMessage(problems: readonly Problem[]): string {
  const count = problems.length;
  const listed = problems.slice(0, LISTED).map((problem) => problem.message);
  return `${count} validation error${count === 1 ? '' : 's'} detected: ${listed.join('; ')}`;
}

function walk(shape: Shape, value: unknown, path: string, problems: Problem[]): void {
  switch (shape.kind) {
    case 'any':
      return;
    case 'string':
      if (typeof value !== 'string') wrongType(path, value, 'a string', problems);
      else checkText(shape, value, path, problems);
      return;
    case 'integer':
    case 'number':
      if (typeof value !== 'number' || (shape.kind === 'integer' && !Number.isInteger(value))) {
        wrongType(path, value, shape.kind === 'integer' ? 'an integer' : 'a number', problems);
      } else checkBounds(shape, value, path, String(value), 'value', problems);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') wrongType(path, value, 'a boolean', problems);
      return;
    case 'time':
      if (typeof value !== 'number') wrongType(path, value, 'a timestamp', problems);
      return;
    default:
      walkContainer(shape, value, path, problems);
  }
}

function walkContainer(
  shape: Extract<Shape, { kind: 'list' | 'map' | 'structure' }>,
  value: unknown,
  path: string,
  problems: Problem[],
): void {
  if (shape.kind === 'list') {
    if (Array.isArray(value)) walkList(shape, value, path, problems);
    else wrongType(path, value, 'a list', problems);
  } else if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    wrongType(path, value, shape.kind === 'map' ? 'a map' : 'a structure', problems);
  } else if (shape.kind === 'map') {
    for (const [key, item] of Object.entries(value)) {
      checkKey(key, shape.longestKey, path, problems);
      if (item !== null) walk(shape.of, item, `${path}.${key}.member`, problems);
    }
  } else walkMembers(shape, value as Record<string, unknown>, path, problems);
}

function checkKey(key: string, longest: number | undefined, path: string, problems: Problem[]): void {
  if (longest === undefined || (key !== '' && Buffer.byteLength(key) <= longest)) return;
  const rules = `Member must have length less than or equal to ${longest}, Member must have length greater than or equal to 1`;
  broken(path, key, `Map keys must satisfy constraint: [${rules}]`, problems);
}

function walkList(
  shape: Extract<Shape, { kind: 'list' }>,
  value: readonly unknown[],
  path: string,
  problems: Problem[],
): void {
  checkBounds(shape, value.length, path, shown(value), 'length', problems);
  value.forEach((item, index) => {
    if (item === null) broken(`${path}.${index + 1}.member`, '', 'Member must not be null', problems);
    else walk(shape.of, item, `${path}.${index + 1}.member`, problems);
  });
}

function walkMembers(
  shape: Extract<Shape, { kind: 'structure' }>,
  value: Readonly<Record<string, unknown>>,
  path: string,
  problems: Problem[],
): void {
  const at = (name: string) => (path ? `${path}.${lowerFirst(name)}` : lowerFirst(name));
  for (const name of shape.required) {
    if (value[name] === undefined || value[name] === null) broken(at(name), '', 'Member must not be null', problems);
  }
  for (const [name, member] of Object.entries(shape.members)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    if (given !== undefined && given !== null) walk(member, given, at(name), problems);
  }
}

function checkText(shape: Extract<Shape, { kind: 'string' }>, value: string, path: string, problems: Problem[]): void {
  const length = shape.bytes ? Buffer.byteLength(value) : [...value].length;
  checkBounds(shape, length, path, value, 'length', problems);
  if (shape.pattern && !shape.pattern.test(value)) {
    broken(path, value, `Member must satisfy regular expression pattern: ${shape.pattern.source}`, problems);
  }
  if (shape.oneOf && !shape.oneOf.includes(value)) {
    broken(path, value, `Member must satisfy enum value set: [${shape.oneOf.join(', ')}]`, problems);
  }
}

function checkBounds(
  bounds: Bounds,
  measure: number,
  path: string,
  value: string,
  what: 'length' | 'value',
  problems: Problem[],
): void {
  const subject = `Member must have ${what}`;
  if (bounds.min !== undefined && measure < bounds.min) {
    broken(path, value, `${subject} greater than or equal to ${bounds.min}`, problems);
  }
  if (bounds.max !== undefined && measure > bounds.max) {
    broken(path, value, `${subject} less than or equal to ${bounds.max}`, problems);
  }
}

function wrongType(path: string, value: unknown, wanted: string, problems: Problem[]): void {
  const got = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
  problems.push({ kind: 'type', path, message: `${path || 'the request'} must be ${wanted}, got ${got}` });
}

function broken(path: string, value: string, rule: string, problems: Problem[]): void {
  const subject = value === '' ? 'Value' : `Value '${clipped(value)}'`;
  problems.push({ kind: 'constraint', path, message: `${subject} at '${path}' failed to satisfy constraint: ${rule}` });
}

function shown(value: unknown): string {
  return clipped(JSON.stringify(value));
}

/** Requests may be megabytes; their echo need not be. */
function clipped(value: string): string {
  return value.length > 200 ? `${value.slice(0, 200)}...` : value;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
