import { once } from '../casts/once.ts';
import { duckdbType } from '../types/index.ts';
import type { Type } from '../types.ts';
import { literalInteger } from './emission.ts';
import { failText } from './fail.ts';
import type { ResolvedOperator } from './operators.ts';

type Arithmetic = '+' | '-' | '*' | '/' | '%';
type Moment = Extract<Type, { kind: 'time' | 'timestamp' }>;

const dayTime: Type = { kind: 'interval', unit: 'day to second' };

/** Dates, times, timestamps and intervals; undefined where Trino knows no such operator. */
export function momentArithmetic(operator: Arithmetic, left: Type, right: Type): ResolvedOperator | undefined {
  if (left.kind === 'interval' && right.kind === 'interval') {
    const fits = left.unit === right.unit && (operator === '+' || operator === '-');
    return fits ? simple([left, right], left, ([a, b]) => `(${a} ${operator} ${b})`) : undefined;
  }
  if (operator === '*' && left.kind !== 'interval' && right.kind === 'interval') return scaled('*', right, left, true);
  if ((operator === '*' || operator === '/') && left.kind === 'interval') return scaled(operator, left, right, false);
  if (operator === '+' && left.kind === 'interval') return shifted(right, left, '+', true);
  if ((operator === '+' || operator === '-') && right.kind === 'interval') return shifted(left, right, operator, false);
  return operator === '-' ? difference(left, right) : undefined;
}

function simple(types: readonly Type[], resultType: Type, emit: ResolvedOperator['emit']): ResolvedOperator {
  return { argumentTypes: types, resultType, emit };
}

function scaled(operator: '*' | '/', interval: Type, factor: Type, swapped: boolean): ResolvedOperator | undefined {
  const integer = ['tinyint', 'smallint', 'integer', 'bigint'].includes(factor.kind);
  const double = ['double', 'real', 'decimal'].includes(factor.kind);
  if (!integer && !double && factor.kind !== 'unknown') return undefined;
  // Trino divides intervals by a double only, and cuts
  const number: Type = operator === '/' || double ? { kind: 'double' } : { kind: 'bigint' };
  const type = duckdbType(interval);
  const emit = (value: string, by: string) =>
    number.kind === 'double'
      ? `CAST(trunc(${value} ${operator} ${by}) AS ${type})`
      : `CAST(${value} * ${by} AS ${type})`;
  return swapped
    ? simple([number, interval], interval, ([a, b]) => emit(b!, a!))
    : simple([interval, number], interval, ([a, b]) => emit(a!, b!));
}

function shifted(moment: Type, interval: Type, sign: '+' | '-', swapped: boolean): ResolvedOperator | undefined {
  if (moment.kind !== 'date' && moment.kind !== 'timestamp' && moment.kind !== 'time') return undefined;
  const months = interval.kind === 'interval' && interval.unit === 'year to month';
  if (months && moment.kind === 'time') return undefined;
  const result = moment.kind === 'date' || months ? moment : finer(moment as Moment);
  const emit = (a: string, b: string) => shift(a, b, moment, result, months, sign);
  return swapped
    ? simple([interval, moment], result, ([a, b]) => emit(b!, a!))
    : simple([moment, interval], result, ([a, b]) => emit(a!, b!));
}

/** An interval to the second carries milliseconds. */
function finer(moment: Moment): Moment {
  return { ...moment, precision: Math.max(moment.precision, 3) };
}

function shift(a: string, b: string, from: Type, to: Type, months: boolean, sign: '+' | '-'): string {
  const step = months ? `to_months(CAST(${b} AS INTEGER))` : `to_milliseconds(${b})`;
  if (from.kind === 'date') {
    if (months) return `CAST(${a} ${sign} ${step} AS DATE)`;
    const known = literalInteger(b);
    if (known !== undefined && known % 86400000 === 0) return `CAST(${a} ${sign} ${known / 86400000} AS DATE)`;
    const failure = failText('INVALID_FUNCTION_ARGUMENT', 'Cannot add hour, minutes or seconds to a date', 'DATE');
    const whole = `CAST(${a} ${sign} CAST(${b} // 86400000 AS INTEGER) AS DATE)`;
    return `CASE WHEN ${b} % 86400000 <> 0 THEN ${failure} ELSE ${whole} END`;
  }
  if (from.kind === 'timestamp' && from.zone) return zonedShift(a, step, months, sign);
  if (from.kind === 'timestamp' && from.precision > 6) {
    return `make_timestamp_ns(epoch_ns(${a} ${sign} ${step}) + epoch_ns(${a}) % 1000)`;
  }
  return `CAST(${a} ${sign} ${step} AS ${duckdbType(to)})`;
}

/** Months are added to the local time, milliseconds to the instant. */
function zonedShift(sql: string, step: string, months: boolean, sign: '+' | '-'): string {
  return once(sql, (x) => {
    const instant = months
      ? `weir_instant(weir_local(${x}.t, ${x}.z) ${sign} ${step}, ${x}.z)`
      : `${x}.t ${sign} ${step}`;
    return `CASE WHEN ${x} IS NOT NULL THEN {'t': ${instant}, 'z': ${x}.z} END`;
  });
}

function difference(left: Type, right: Type): ResolvedOperator | undefined {
  if (left.kind === 'date' && right.kind === 'date') {
    return simple([left, right], dayTime, ([a, b]) => `(CAST(${a} - ${b} AS BIGINT) * 86400000)`);
  }
  const moments = ['date', 'time', 'timestamp'];
  if (!moments.includes(left.kind) || !moments.includes(right.kind)) return undefined;
  if ((left.kind === 'time') !== (right.kind === 'time')) return undefined;
  const common = widest(left, right);
  const micros = (sql: string) =>
    common.zone && common.kind === 'timestamp' ? `epoch_us((${sql}).t)` : `epoch_us(${sql})`;
  return simple([common, common], dayTime, ([a, b]) => `((${micros(a!)} - ${micros(b!)}) // 1000)`);
}

function widest(left: Type, right: Type): Moment {
  const moments = [left, right].filter((type): type is Moment => type.kind === 'time' || type.kind === 'timestamp');
  return {
    kind: moments[0]!.kind,
    precision: Math.max(...moments.map((type) => type.precision)),
    zone: moments.some((type) => type.zone),
  };
}

/** x AT TIME ZONE zone: the same instant, shown elsewhere. */
export function atTimeZone(value: Type, zone: Type): ResolvedOperator | undefined {
  if (value.kind !== 'timestamp' && value.kind !== 'time') return undefined;
  if (zone.kind !== 'varchar' && zone.kind !== 'interval') return undefined;
  const name = (sql: string) => (zone.kind === 'interval' ? `weir_offset_zone(${sql} // 60000)` : `weir_zone(${sql})`);
  const zoned: Moment = { ...value, zone: true };
  if (value.kind === 'time') {
    const offset = (sql: string) => `weir_zone_offset(${sql})`;
    return simple(
      [zoned, zone],
      zoned,
      ([a, b]) => `(CAST(weir_shift_time(CAST(${a} AS VARCHAR), ${offset(name(b!))}) AS TIMETZ))`,
    );
  }
  return simple([zoned, zone], zoned, ([a, b]) =>
    once(a!, (x) => `CASE WHEN ${x} IS NOT NULL AND ${b} IS NOT NULL THEN {'t': ${x}.t, 'z': ${name(b!)}} END`),
  );
}
