import { failWith } from '../functions/fail.ts';
import { duckdbType, quoteText } from '../types/index.ts';
import type { Type } from '../types.ts';
import { once } from './once.ts';

type Moment = Extract<Type, { kind: 'time' | 'timestamp' }>;

const castFailure = 'INVALID_CAST_ARGUMENT';

function orFail(x: string, kind: string, safe: boolean, type: string): string {
  return safe ? 'NULL' : failWith(castFailure, `'Value cannot be cast to ${kind}: ' || ${x}`, type);
}

export function castToDate(sql: string, from: Type, safe: boolean): string {
  if (from.kind === 'varchar') return once(sql, (x) => textToDate(x, safe));
  if (from.kind === 'timestamp' && from.zone) return once(sql, (x) => `CAST(weir_local(${x}.t, ${x}.z) AS DATE)`);
  return `CAST(${sql} AS DATE)`;
}

/** DuckDB takes more than Trino (`2024/01/01`, `epoch`): a date that does not read back as its own ten
 * letters is looked at again. */
export function textToDate(x: string, safe: boolean): string {
  const value = `TRY_CAST(${x} AS DATE)`;
  const failure = safe ? '' : ` WHEN ${x} IS NOT NULL THEN ${orFail(x, 'date', safe, 'DATE')}`;
  const shape = `regexp_full_match(${x}, '[\\x00-\\x20]*[+-]?[0-9]{1,9}-[0-9]{1,2}-[0-9]{1,2}[\\x00-\\x20]*')`;
  return `CASE WHEN CAST(${value} AS VARCHAR) = ${x} AND strlen(${x}) = 10 THEN ${value} WHEN ${shape} AND weir_date(${x}) IS NOT NULL THEN CAST(weir_date(${x}) AS DATE)${failure} END`;
}

export function castToTime(sql: string, from: Type, to: Moment, safe: boolean): string {
  const type = duckdbType(to);
  if (from.kind === 'varchar') {
    return once(sql, (x) => {
      const value = `CAST(weir_time(${x}, ${to.precision}, ${to.zone}) AS ${type})`;
      return `CASE WHEN weir_time(${x}, ${to.precision}, ${to.zone}) IS NOT NULL THEN ${value} WHEN ${x} IS NOT NULL THEN ${orFail(x, 'time', safe, type)} END`;
    });
  }
  const local = (x: string) => (from.kind === 'timestamp' && from.zone ? `weir_local(${x}.t, ${x}.z)` : x);
  if (!to.zone) return once(sql, (x) => roundTime(`CAST(${local(x)} AS TIME)`, from, to));
  if (from.kind === 'time') return from.zone ? sql : `CAST(${sql} AS TIMETZ)`;
  return once(sql, (x) => {
    const zone = from.kind === 'timestamp' && from.zone ? `${x}.z` : `'UTC'`;
    const instant = from.kind === 'timestamp' && from.zone ? `${x}.t` : x;
    const text = `CAST(CAST(${local(x)} AS TIME) AS VARCHAR) || weir_offset_text(date_diff('minute', ${instant}, weir_local(${instant}, ${zone})))`;
    return `CAST(${text} AS TIMETZ)`;
  });
}

/** A time of fewer digits is rounded, past midnight to midnight. */
function roundTime(sql: string, from: Type, to: Moment): string {
  const digits = from.kind === 'time' || from.kind === 'timestamp' ? from.precision : 0;
  if (digits <= to.precision) return sql;
  const unit = 10 ** (6 - Math.min(to.precision, 6));
  return `CAST(make_timestamp((epoch_us(${sql}) + ${unit / 2}) // ${unit} * ${unit}) AS TIME)`;
}

export function castToTimestamp(sql: string, from: Type, to: Moment, safe: boolean): string {
  if (from.kind === 'varchar') return textToTimestamp(sql, to, safe);
  if (from.kind === 'time') {
    const plain = from.zone ? `CAST(${sql} AS TIME)` : sql;
    return withZone(`(current_date + ${plain})`, to);
  }
  if (from.kind === 'timestamp' && from.zone) {
    if (!to.zone) return once(sql, (x) => rounded(`weir_local(${x}.t, ${x}.z)`, from, to));
    if (from.precision <= to.precision) return sql;
    return once(
      sql,
      (x) =>
        `CASE WHEN ${x} IS NOT NULL THEN {'t': ${rounded(`${x}.t`, from, { ...to, zone: false })}, 'z': ${x}.z} END`,
    );
  }
  return withZone(rounded(sql, from, { ...to, zone: false }), to);
}

/** A timestamp without zone is taken as of the session's, which is UTC. */
function withZone(sql: string, to: Moment): string {
  if (!to.zone) return sql;
  return once(sql, (x) => `CASE WHEN ${x} IS NOT NULL THEN {'t': ${x}, 'z': 'UTC'} END`);
}

function rounded(sql: string, from: Type, to: Moment): string {
  const digits = from.kind === 'timestamp' ? from.precision : 0;
  if (digits <= to.precision) {
    const native = from.kind === 'date' || (digits <= 6 && to.precision > 6);
    return native ? `CAST(${sql} AS ${duckdbType(to)})` : sql;
  }
  return roundTimestamp(sql, digits, to.precision);
}

/** Rounds a DuckDB timestamp to fewer fraction digits, halves up. */
export function roundTimestamp(sql: string, from: number, to: number): string {
  if (from > 6) {
    const unit = 10 ** (9 - to);
    const nanos = `((epoch_ns(${sql}) + ${unit / 2}) - (((epoch_ns(${sql}) + ${unit / 2}) % ${unit} + ${unit}) % ${unit}))`;
    return to > 6 ? `make_timestamp_ns(${nanos})` : `make_timestamp(${nanos} // 1000)`;
  }
  const unit = 10 ** (6 - to);
  const shifted = `(epoch_us(${sql}) + ${unit / 2})`;
  return `make_timestamp(${shifted} - ((${shifted} % ${unit} + ${unit}) % ${unit}))`;
}

/** The usual text is read by DuckDB; anything else by the exact reader. */
function textToTimestamp(sql: string, to: Moment, safe: boolean): string {
  const type = duckdbType(to);
  return once(sql, (x) => {
    const failure = orFail(x, 'timestamp', safe, type);
    if (to.zone) {
      const read = `weir_zoned(${x}, ${to.precision})`;
      const value = `{'t': CAST(split_part(${read}, '|', 1) AS TIMESTAMP), 'z': split_part(${read}, '|', 2)}`;
      return `CASE WHEN ${read} IS NOT NULL THEN ${value} WHEN ${x} IS NOT NULL THEN ${failure} END`;
    }
    const shape = quoteText(
      to.precision === 0
        ? '[0-9]{4}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}'
        : `[0-9]{4}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}([.][0-9]{1,${Math.min(to.precision, 9)}})?`,
    );
    const fast = `CASE WHEN regexp_full_match(${x}, ${shape}) THEN TRY_CAST(${x} AS ${type}) END`;
    const slow = `CASE WHEN weir_timestamp(${x}, ${to.precision}) IS NOT NULL THEN CAST(weir_timestamp(${x}, ${to.precision}) AS ${type}) ELSE ${failure} END`;
    return `CASE WHEN ${x} IS NOT NULL THEN coalesce(${fast}, ${slow}) END`;
  });
}
