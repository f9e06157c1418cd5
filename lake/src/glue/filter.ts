import type { GlueColumn } from '../catalog/catalog.ts';
import { WireError } from '../wire/json-service.ts';
import { type Comparison, type Expression, ExpressionError, parseExpression } from './expression.ts';
import { type WildcardPart, wildcard } from './wildcard.ts';

/** Undefined is SQL's unknown: a NULL took part. */
type Truth = boolean | undefined;
type Test = (values: readonly string[]) => Truth;
/** A value in a form that compares by its type: text for strings, dates and timestamps, numbers exact. */
type Comparable = string | bigint | Decimal;

interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

interface KeyType {
  readonly parse: (text: string) => Comparable;
  /** How Glue names the type when it refuses LIKE; undefined: LIKE works. */
  readonly refusesLike: string | undefined;
}

const NULL_VALUE = '__HIVE_DEFAULT_PARTITION__';

/**
 * Makes a filter of a GetPartitions expression. Values compare by the partition key's type, as Glue does: keys of type int
 * compare as numbers, and a literal that is none is refused. Refusals are Glue's InvalidInputException; a stored value that
 * does not fit its key's type is an InvalidStateException.
 */
export function partitionFilter(
  expression: string,
  keys: readonly GlueColumn[],
): (values: readonly string[]) => boolean {
  const test = compile(parsed(expression), keys);
  return (values) => test(values) === true;
}

function parsed(expression: string): Expression {
  try {
    return parseExpression(expression);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw refused(`Unsupported expression '${expression}': ${error.message} at character ${error.at + 1}`);
  }
}

function compile(expression: Expression, keys: readonly GlueColumn[]): Test {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return connective(expression.kind, compile(expression.left, keys), compile(expression.right, keys));
    case 'not': {
      const inner = compile(expression.inner, keys);
      return (values) => {
        const truth = inner(values);
        return truth === undefined ? undefined : !truth;
      };
    }
    case 'null': {
      const { index } = keyNamed(expression.column, keys);
      return (values) => values[index] === NULL_VALUE;
    }
    case 'like':
      return like(expression, keys);
    default:
      return ordering(expression, keys);
  }
}

function connective(kind: 'and' | 'or', left: Test, right: Test): Test {
  const decisive = kind === 'or';
  return (values) => {
    const first = left(values);
    if (first === decisive) return decisive;
    const second = right(values);
    if (second === decisive) return decisive;
    return first === undefined || second === undefined ? undefined : !decisive;
  };
}

type Ordering = Extract<Expression, { kind: 'compare' | 'in' | 'between' }>;

function ordering(expression: Ordering, keys: readonly GlueColumn[]): Test {
  const { index, type } = keyNamed(expression.column, keys);
  const literal = (text: string) => fitting(type, text, refused);
  const judge = (() => {
    switch (expression.kind) {
      case 'compare': {
        const right = literal(expression.literal);
        return (left: Comparable) => holds(expression.operator, compare(left, right));
      }
      case 'in': {
        const list = expression.literals.map(literal);
        return (left: Comparable) => list.some((right) => compare(left, right) === 0);
      }
      case 'between': {
        const low = literal(expression.low);
        const high = literal(expression.high);
        return (left: Comparable) => compare(left, low) >= 0 && compare(left, high) <= 0;
      }
    }
  })();
  return (values) => {
    const value = values[index];
    if (value === undefined || (value === NULL_VALUE && type !== TEXT)) return undefined;
    return judge(fitting(type, value, (message) => new WireError('InvalidStateException', message)));
  };
}

function like(expression: Extract<Expression, { kind: 'like' }>, keys: readonly GlueColumn[]): Test {
  const { index, type } = keyNamed(expression.column, keys);
  if (type.refusesLike) throw refused(`${type.refusesLike} data type doesn't support operation 'LIKE'`);
  if (expression.escape !== undefined && expression.escape.length !== 1) {
    throw refused('The escape string of LIKE must be one character');
  }
  const pattern = likePattern(expression.pattern, expression.escape);
  return (values) => {
    const value = values[index];
    return value === undefined ? undefined : pattern(value);
  };
}

function likePattern(pattern: string, escapeCharacter: string | undefined): (text: string) => boolean {
  const parts: WildcardPart[] = [];
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!;
    if (character === escapeCharacter && i + 1 < characters.length) parts.push({ text: characters[++i]! });
    else if (character === '%') parts.push('many');
    else if (character === '_') parts.push('one');
    else parts.push({ text: character });
  }
  return wildcard(parts);
}

function keyNamed(column: string, keys: readonly GlueColumn[]): { index: number; type: KeyType } {
  const index = keys.findIndex((key) => key.Name.toLowerCase() === column.toLowerCase());
  const key = keys[index];
  if (!key) throw refused('Invalid partition expression!');
  return { index, type: keyType(key.Type ?? 'string') };
}

const TEXT: KeyType = { parse: (text) => text, refusesLike: undefined };
const INTEGER: KeyType = { parse: parseInteger, refusesLike: 'Integral' };
const DECIMAL: KeyType = { parse: parseDecimal, refusesLike: 'Decimal' };
const DATE: KeyType = { parse: parseDate, refusesLike: 'Date' };
const TIMESTAMP: KeyType = { parse: parseTimestamp, refusesLike: 'Timestamp' };

/** The key types that AWS names for GetPartitions; others are refused. */
function keyType(type: string): KeyType {
  switch (type.toLowerCase().replace(/\(.*$/, '').trim()) {
    case 'string':
    case 'char':
    case 'varchar':
      return TEXT;
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'integer':
    case 'bigint':
    case 'long':
      return INTEGER;
    case 'decimal':
      return DECIMAL;
    case 'date':
      return DATE;
    case 'timestamp':
      return TIMESTAMP;
    default:
      throw refused(`Unknown type : '${type}'`);
  }
}

class Misfit extends Error {}

function fitting(type: KeyType, text: string, refuse: (message: string) => Error): Comparable {
  try {
    return type.parse(text);
  } catch (error) {
    if (error instanceof Misfit) throw refuse(error.message);
    throw error;
  }
}

function parseInteger(text: string): bigint {
  if (!/^[+-]?\d+$/.test(text)) throw new Misfit(`"${text}" is not an integer.`);
  return BigInt(text.replace(/^\+/, ''));
}

function parseDecimal(text: string): Decimal {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text);
  const digits = `${match?.[2] ?? ''}${match?.[3] ?? ''}`;
  if (!match || digits === '') throw new Misfit(`${text} is not a decimal.`);
  const sign = match[1] === '-' ? -1n : 1n;
  return { digits: sign * BigInt(digits), scale: match[3]?.length ?? 0 };
}

function parseDate(text: string): string {
  if (!isDay(text)) throw new Misfit(`${text} is not a date.`);
  return text;
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function parseTimestamp(text: string): string {
  const match = /^(\d{4}-\d{2}-\d{2}) ((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,9}))?$/.exec(text);
  if (!match || !isDay(match[1]!)) {
    throw new Misfit(`Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff] ${text} is not a timestamp.`);
  }
  return `${match[1]} ${match[2]}.${(match[3] ?? '').padEnd(9, '0')}`;
}

function compare(a: Comparable, b: Comparable): number {
  if (typeof a === 'object' && typeof b === 'object') {
    const scale = Math.max(a.scale, b.scale);
    return compare(a.digits * 10n ** BigInt(scale - a.scale), b.digits * 10n ** BigInt(scale - b.scale));
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function holds(operator: Comparison, order: number): boolean {
  switch (operator) {
    case '=':
      return order === 0;
    case '<>':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function refused(message: string): WireError {
  return new WireError('InvalidInputException', message);
}
