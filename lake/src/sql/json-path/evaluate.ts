import { isNumber, isObject, type Json } from '../functions/native/json.ts';
import type { Path, PathNode, Predicate, Subscript } from './syntax.ts';

/** A path that doesn't fit its input (strict mode, or a type that an operation doesn't take). */
export class PathFailure extends Error {}

interface Setting {
  readonly lax: boolean;
  readonly input: Json;
  readonly variables: ReadonlyMap<string, Json>;
  readonly current: Json | undefined;
  readonly last: number | undefined;
}

/** All items that a path finds. */
export function evaluatePath(path: Path, input: Json, variables: ReadonlyMap<string, Json>): readonly Json[] {
  return items(path.root, { lax: path.lax, input, variables, current: undefined, last: undefined });
}

const isArray = (json: Json): json is readonly Json[] => Array.isArray(json);

const number = (value: number): Json => ({ number: String(value) });

function items(node: PathNode, setting: Setting): readonly Json[] {
  switch (node.kind) {
    case 'context':
      return [setting.input];
    case 'current':
      return setting.current === undefined ? [] : [setting.current];
    case 'last':
      if (setting.last === undefined) throw new PathFailure("'last' outside of an array subscript");
      return [number(setting.last)];
    case 'variable':
      return [variable(node.name, setting)];
    case 'literal':
      return [typeof node.value === 'number' ? number(node.value) : node.value];
    case 'member':
      return unwrapped(items(node.base, setting), setting).flatMap((item) => member(item, node.name, setting));
    case 'elements':
      return items(node.base, setting).flatMap((item) => elements(item, node.subscripts, setting));
    case 'filter':
      return unwrapped(items(node.base, setting), setting).filter(
        (item) => test(node.test, { ...setting, current: item }) === true,
      );
    case 'method':
      return method(node.name, items(node.base, setting), setting);
    case 'arithmetic':
      return [arithmetic(node.operator, single(node.left, setting), single(node.right, setting))];
    case 'sign':
      return unwrapped(items(node.value, setting), setting).map((item) =>
        number(numeric(item) * (node.operator === '-' ? -1 : 1)),
      );
  }
}

function variable(name: string, setting: Setting): Json {
  const value = setting.variables.get(name);
  if (value === undefined) throw new PathFailure(`no value passed for parameter ${name}`);
  return value;
}

/** Lax mode looks into arrays where an object or scalar is wanted. */
function unwrapped(list: readonly Json[], setting: Setting): readonly Json[] {
  return setting.lax ? list.flatMap((item) => (isArray(item) ? item : [item])) : list;
}

function member(item: Json, name: string | undefined, setting: Setting): readonly Json[] {
  if (!isObject(item)) {
    if (setting.lax) return [];
    throw new PathFailure('invalid item type. Expected: OBJECT');
  }
  if (name === undefined) return [...item.values()];
  const found = item.get(name);
  if (found !== undefined) return [found];
  if (setting.lax) return [];
  throw new PathFailure(`missing member '${name}' in JSON object`);
}

function elements(item: Json, subscripts: readonly Subscript[] | undefined, setting: Setting): readonly Json[] {
  if (!isArray(item) && !setting.lax) throw new PathFailure('invalid item type. Expected: ARRAY');
  const list = isArray(item) ? item : [item];
  if (!subscripts) return list;
  const inner: Setting = { ...setting, last: list.length - 1 };
  return subscripts.flatMap((subscript) => {
    const from = Math.trunc(numeric(single(subscript.from, inner)));
    const to = subscript.to ? Math.trunc(numeric(single(subscript.to, inner))) : from;
    if (setting.lax) return list.slice(Math.max(from, 0), Math.max(to + 1, 0));
    if (from < 0 || to >= list.length || from > to) throw new PathFailure(`invalid array subscript: [${from}, ${to}]`);
    return list.slice(from, to + 1);
  });
}

function single(node: PathNode, setting: Setting): Json {
  const [first, ...more] = unwrapped(items(node, setting), setting);
  if (first === undefined || more.length > 0) throw new PathFailure('a single item is expected');
  return first;
}

function numeric(item: Json): number {
  if (!isNumber(item)) throw new PathFailure('invalid item type. Expected: NUMBER');
  return Number(item.number);
}

function arithmetic(operator: string, left: Json, right: Json): Json {
  const [a, b] = [numeric(left), numeric(right)];
  if ((operator === '/' || operator === '%') && b === 0) throw new PathFailure('division by zero');
  switch (operator) {
    case '+':
      return number(a + b);
    case '-':
      return number(a - b);
    case '*':
      return number(a * b);
    case '/':
      return number(Number.isInteger(a) && Number.isInteger(b) ? Math.trunc(a / b) : a / b);
    default:
      return number(a % b);
  }
}

function typeName(item: Json): string {
  if (item === null) return 'null';
  if (isArray(item)) return 'array';
  if (isObject(item)) return 'object';
  return isNumber(item) ? 'number' : typeof item;
}

const rounding: Readonly<Record<string, (value: number) => number>> = {
  abs: Math.abs,
  ceiling: Math.ceil,
  floor: Math.floor,
};

function method(name: string, list: readonly Json[], setting: Setting): readonly Json[] {
  if (name === 'type') return list.map(typeName);
  if (name === 'size') return list.map((item) => number(size(item, setting)));
  const flat = unwrapped(list, setting);
  const round = rounding[name];
  if (round) return flat.map((item) => number(round(numeric(item))));
  if (name === 'double') return flat.map(double);
  if (name === 'keyvalue') return flat.flatMap(keyValues);
  throw new PathFailure(`path method ${name}() is not supported`);
}

function size(item: Json, setting: Setting): number {
  if (isArray(item)) return item.length;
  if (setting.lax) return 1;
  throw new PathFailure('invalid item type. Expected: ARRAY');
}

function double(item: Json): Json {
  const value = typeof item === 'string' ? Number(item) : numeric(item);
  if (Number.isNaN(value)) throw new PathFailure('invalid item type. Expected: NUMBER or TEXT');
  return number(value);
}

function keyValues(item: Json): Json[] {
  if (!isObject(item)) throw new PathFailure('invalid item type. Expected: OBJECT');
  return [...item].map(
    ([name, value]) =>
      new Map<string, Json>([
        ['name', name],
        ['value', value],
        ['id', number(0)],
      ]),
  );
}

/** A test is true, false or, where its values can't be compared, unknown. */
type Truth = boolean | undefined;

function test(node: Predicate, setting: Setting): Truth {
  switch (node.kind) {
    case 'and': {
      const [a, b] = [test(node.left, setting), test(node.right, setting)];
      return a === false || b === false ? false : a === true && b === true ? true : undefined;
    }
    case 'or': {
      const [a, b] = [test(node.left, setting), test(node.right, setting)];
      return a === true || b === true ? true : a === false && b === false ? false : undefined;
    }
    case 'not': {
      const value = test(node.value, setting);
      return value === undefined ? undefined : !value;
    }
    case 'is-unknown':
      return test(node.value, setting) === undefined;
    case 'exists':
      return attempt(() => items(node.path, setting).length > 0);
    case 'compare':
      return attempt(() => anyPair(node, setting));
    case 'starts-with':
      return attempt(() => startsWith(node, setting));
    case 'like-regex':
      return attempt(() => texts(items(node.value, setting), setting, (text) => node.pattern.test(text)));
  }
}

function attempt(work: () => Truth): Truth {
  try {
    return work();
  } catch (error) {
    if (error instanceof PathFailure) return undefined;
    throw error;
  }
}

function anyPair(node: Extract<Predicate, { kind: 'compare' }>, setting: Setting): Truth {
  const left = unwrapped(items(node.left, setting), setting);
  const right = unwrapped(items(node.right, setting), setting);
  let unknown = false;
  for (const a of left) {
    for (const b of right) {
      const result = compare(node.operator, a, b);
      if (result === true) return true;
      if (result === undefined) unknown = true;
    }
  }
  return unknown ? undefined : false;
}

function compare(operator: string, a: Json, b: Json): Truth {
  if (a === null || b === null) {
    if (operator === '==') return a === b;
    return operator === '!=' || operator === '<>' ? a !== b : undefined;
  }
  const order = ordering(a, b);
  if (order === undefined) return undefined;
  const tests: Readonly<Record<string, boolean>> = {
    '==': order === 0,
    '!=': order !== 0,
    '<>': order !== 0,
    '<': order < 0,
    '<=': order <= 0,
    '>': order > 0,
    '>=': order >= 0,
  };
  return tests[operator];
}

function ordering(a: Json, b: Json): number | undefined {
  if (typeof a === 'string' && typeof b === 'string') return a === b ? 0 : a < b ? -1 : 1;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return a !== null && b !== null && isNumber(a) && isNumber(b) ? Number(a.number) - Number(b.number) : undefined;
}

function startsWith(node: Extract<Predicate, { kind: 'starts-with' }>, setting: Setting): Truth {
  const start = single(node.start, setting);
  if (typeof start !== 'string') return undefined;
  return texts(items(node.value, setting), setting, (text) => text.startsWith(start));
}

function texts(list: readonly Json[], setting: Setting, matches: (text: string) => boolean): Truth {
  let unknown = false;
  for (const item of unwrapped(list, setting)) {
    if (typeof item !== 'string') unknown = true;
    else if (matches(item)) return true;
  }
  return unknown ? undefined : false;
}
