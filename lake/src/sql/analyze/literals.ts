import type { Of, Place } from '../ast.ts';
import { emitCast } from '../casts/cast.ts';
import { resolveFunction } from '../functions/registry.ts';
import { syntaxError } from '../parse/place.ts';
import { duckdbType, parseTrinoType, quoteText } from '../types/index.ts';
import type { Type } from '../types.ts';
import { BIGINT, DOUBLE, INTEGER, type Typed, VARCHAR } from './context.ts';
import { refuse } from './refuse.ts';

export function text(value: string): Typed {
  return { sql: quoteText(value), type: { kind: 'varchar', length: [...value].length } };
}

export function integer(node: { readonly text: string }): Typed {
  const value = BigInt(node.text);
  const small = value >= -(2n ** 31n) && value < 2n ** 31n;
  return {
    sql: `CAST(${value} AS ${small ? 'INTEGER' : 'BIGINT'})`,
    type: small ? INTEGER : BIGINT,
    digits: String(value),
  };
}

/** Precision as Trino counts it: leading zeros of the whole part are none. */
export function decimal(digits: string, at: Place, message: string): Typed {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(digits.replaceAll('_', ''));
  if (!match || (match[2] === '' && !match[3])) throw refuse('INVALID_LITERAL', at, message);
  const whole = (match[2] ?? '').replace(/^0+/, '');
  const fraction = match[3] ?? '';
  const precision = Math.max(whole.length + fraction.length, 1);
  if (precision > 38) throw refuse('INVALID_LITERAL', at, message);
  const sign = match[1] === '-' ? '-' : '';
  const value = `${sign}${whole || '0'}${fraction ? `.${fraction}` : ''}`;
  const type: Type = { kind: 'decimal', precision, scale: fraction.length };
  return { sql: `CAST(${quoteText(value)} AS ${duckdbType(type)})`, type, digits: value };
}

export function double(digits: string): string {
  const value = Number(digits);
  if (Number.isNaN(value)) return "CAST('NaN' AS DOUBLE)";
  if (!Number.isFinite(value)) return `CAST('${value < 0 ? '-' : ''}Infinity' AS DOUBLE)`;
  return `CAST(${quoteText(Object.is(value, -0) ? '-0.0' : String(value))} AS DOUBLE)`;
}

export function doubleLiteral(node: { readonly text: string }): Typed {
  // A literal has no negative zero: `-0e0` is 0.0.
  const digits = node.text.replaceAll('_', '');
  return { sql: double(Number(digits) === 0 ? '0.0' : digits), type: DOUBLE };
}

function invalid(node: Of<'typed'>, name: string): Error {
  return refuse('INVALID_LITERAL', node.at, `'${node.value}' is not a valid ${name.toUpperCase()} literal`);
}

const integerLimits: Readonly<Record<string, bigint>> = {
  tinyint: 2n ** 7n,
  smallint: 2n ** 15n,
  integer: 2n ** 31n,
  bigint: 2n ** 63n,
};

const ZONE = String.raw`(?: ?(Z|[+-]\d{1,2}(?::\d{2})?|[A-Za-z][A-Za-z0-9_+\-/]*))?`;
const DATE = String.raw`([+-]?\d{4,})-(\d{1,2})-(\d{1,2})`;
const CLOCK = String.raw`(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,12}))?)?`;

function validDate(year: string, month: string, day: string): boolean {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  if (m < 1 || m > 12 || d < 1) return false;
  const leap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
  return d <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][m - 1]!;
}

function validClock(hour = '0', minute = '0', second = '0'): boolean {
  return Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
}

function validZone(zone: string | undefined): boolean {
  if (zone === undefined || zone === 'Z') return true;
  if (/^[+-]/.test(zone)) return Number(zone.slice(1).split(':')[0]) <= 14;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return /^(?:UTC|GMT|UT)(?:[+-]\d{1,2}(?::\d{2})?)?$/.test(zone);
  }
}

/** The type that the text of a TIME or TIMESTAMP literal has, or undefined where it is none. */
function momentType(kind: 'time' | 'timestamp', value: string): Type | undefined {
  if (kind === 'time') {
    const match = new RegExp(`^${CLOCK}${ZONE}$`).exec(value);
    if (!match || !validClock(match[1], match[2], match[3]) || !validZone(match[5])) return undefined;
    return { kind, precision: match[4]?.length ?? 0, zone: match[5] !== undefined };
  }
  const match = new RegExp(`^${DATE}(?: ${CLOCK})?${ZONE}$`).exec(value);
  if (!match || !validDate(match[1]!, match[2]!, match[3]!)) return undefined;
  if (!validClock(match[4], match[5], match[6]) || !validZone(match[8])) return undefined;
  return { kind, precision: match[7]?.length ?? 0, zone: match[8] !== undefined };
}

/** `TYPE 'text'`. What is wrong in the text is said now, not when the statement runs. */
export function typed(node: Of<'typed'>): Typed {
  const name = node.type.text.toLowerCase();
  const value = node.value.trim();
  if (name === 'decimal') {
    return decimal(value, node.at, `'${node.value}' is not a valid DECIMAL literal`);
  }
  if (name === 'time' || name === 'timestamp') {
    const type = momentType(name, value);
    if (!type) throw invalid(node, name);
    return { sql: momentSql(value, type), type };
  }
  const type = parseTrinoType(name);
  if (!type) throw refuse('TYPE_NOT_FOUND', node.at, `Unknown type: ${name}`);
  if (!validText(type, value)) throw invalid(node, name);
  if (type.kind === 'varchar' || type.kind === 'char') return { sql: quoteText(node.value), type };
  if (type.kind === 'double') return { sql: double(value.replace(/^([+-]?)inf(inity)?$/i, '$1Infinity')), type };
  return { sql: literalSql(node, type), type };
}

/** DuckDB's own literal where the text is in its form: it is a constant by which files can be passed over. */
function momentSql(value: string, type: Type): string {
  return momentLiteral(value, type) ?? emitCast(quoteText(value), { kind: 'varchar', length: undefined }, type);
}

const PLAIN_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const PLAIN_TIMESTAMP = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?$/;

/**
 * A text as DuckDB's literal of a date or timestamp; undefined where it is none or not in DuckDB's form. A cast of a
 * text, even of one that is known, may fail: it would keep DuckDB from passing files over and from joining early.
 */
export function momentLiteral(value: string, type: Type): string | undefined {
  if (type.kind === 'date') {
    const [, year, month, day] = PLAIN_DATE.exec(value) ?? [];
    return day !== undefined && validDate(year!, month!, day) ? `DATE ${quoteText(value)}` : undefined;
  }
  if (type.kind !== 'timestamp' || type.zone) return undefined;
  const [, year, month, day, hour, minute, second, fraction = ''] = PLAIN_TIMESTAMP.exec(value) ?? [];
  const valid = day !== undefined && validDate(year!, month!, day) && validClock(hour, minute, second);
  return valid && fraction.length <= type.precision ? `TIMESTAMP ${quoteText(value)}` : undefined;
}

function literalSql(node: Of<'typed'>, type: Type): string {
  if (type.kind === 'date') return momentSql(node.value.trim(), type);
  if (type.kind === 'json')
    return resolveFunction('json_parse', 'scalar', [{ type: VARCHAR }]).emit([quoteText(node.value)]);
  return emitCast(quoteText(node.value), { kind: 'varchar', length: undefined }, type);
}

function validText(type: Type, value: string): boolean {
  const limit = integerLimits[type.kind];
  if (limit !== undefined) {
    if (!/^[+-]?\d+$/.test(value)) return false;
    const number = BigInt(value.replace('+', ''));
    return number >= -limit && number < limit;
  }
  switch (type.kind) {
    case 'boolean':
      return /^(?:true|false|t|f|1|0)$/i.test(value);
    case 'double':
    case 'real':
      return /^[+-]?(?:nan|inf(?:inity)?|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[df]?)$/i.test(value);
    case 'date': {
      const match = new RegExp(`^${DATE}$`).exec(value);
      return match !== null && validDate(match[1]!, match[2]!, match[3]!);
    }
    case 'uuid':
      return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
    case 'ipaddress':
      return validAddress(value);
    case 'json':
      return validJson(value);
    default:
      return true;
  }
}

function validJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

function validAddress(value: string): boolean {
  const v4 = (part: string) => /^\d{1,3}(?:\.\d{1,3}){3}$/.test(part) && part.split('.').every((n) => Number(n) < 256);
  if (!value.includes(':')) return v4(value);
  const [head = '', tail, more] = value.split('::');
  if (more !== undefined) return false;
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const parts = [...groups(head), ...groups(tail ?? '')];
  const last = parts.at(-1) ?? '';
  const size = parts.length + (v4(last) ? 1 : 0);
  const good = parts.every((part, i) => /^[0-9a-f]{1,4}$/i.test(part) || (i === parts.length - 1 && v4(part)));
  return good && (tail === undefined ? size === 8 : size < 8);
}

const units: Readonly<Record<string, number>> = {
  DAY: 86_400_000,
  HOUR: 3_600_000,
  MINUTE: 60_000,
  SECOND: 1000,
};
const order = ['DAY', 'HOUR', 'MINUTE', 'SECOND'];

/** Intervals are numbers: months, or milliseconds. */
export function interval(node: Of<'interval'>): Typed {
  const wrong = () =>
    refuse(
      'INVALID_LITERAL',
      node.at,
      `Invalid INTERVAL ${node.from}${node.to ? ` TO ${node.to}` : ''} value: ${node.value}`,
    );
  const sign = node.negative ? -1 : 1;
  if (node.from === 'YEAR' || node.from === 'MONTH') {
    const pattern = node.to === 'MONTH' && node.from === 'YEAR' ? /^([+-]?)(\d+)-(\d+)$/ : /^([+-]?)(\d+)$/;
    const match = pattern.exec(node.value.trim());
    if (!match || (node.to && node.from === node.to)) throw wrong();
    const whole = Number(match[2]);
    const months = node.from === 'YEAR' ? whole * 12 + Number(match[3] ?? 0) : whole;
    const value = months * sign * (match[1] === '-' ? -1 : 1);
    return { sql: `CAST(${value} AS INTEGER)`, type: { kind: 'interval', unit: 'year to month' } };
  }
  const value = milliseconds(node, wrong) * sign;
  return { sql: `CAST(${value} AS BIGINT)`, type: { kind: 'interval', unit: 'day to second' } };
}

function milliseconds(node: Of<'interval'>, wrong: () => Error): number {
  const [first, last] = [order.indexOf(node.from), order.indexOf(node.to ?? node.from)];
  if (first < 0 || last < first || (node.to !== undefined && first === last)) {
    throw syntaxError(node.at, `Invalid interval ${node.from} TO ${node.to}`);
  }
  const parts = order.slice(first, last + 1);
  const body = parts
    .map(
      (part, i) =>
        `${i === 0 ? '' : parts[i - 1] === 'DAY' ? String.raw`\s+` : ':'}(\\d+${part === 'SECOND' ? String.raw`(?:\.\d{1,3})?` : ''})`,
    )
    .join('');
  const match = new RegExp(`^([+-]?)${body}$`).exec(node.value.trim());
  if (!match) throw wrong();
  const total = parts.reduce((sum, part, i) => sum + Math.round(Number(match[i + 2]) * units[part]!), 0);
  return match[1] === '-' ? -total : total;
}

export function typeNamed(node: { readonly text: string; readonly at: Place }, at: Place): Type {
  const type = parseTrinoType(node.text);
  if (!type) throw refuse('TYPE_MISMATCH', at, `Unknown type: ${node.text}`);
  return type;
}
