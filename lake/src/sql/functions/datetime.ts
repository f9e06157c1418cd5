import { once } from '../casts/once.ts';
import { emitText } from '../casts/text.ts';
import { roundTimestamp, textToDate } from '../casts/time.ts';
import { duckdbType, quoteText } from '../types/index.ts';
import type { Type } from '../types.ts';
import { type Emit, type FunctionDefinition, scalar } from './definition.ts';
import { castTo, literalText } from './emission.ts';
import { failWith } from './fail.ts';

const zoned = 'timestamp(p) with time zone';

type Moment = Extract<Type, { kind: 'time' | 'timestamp' }>;

/** The local time of a value: of a zoned timestamp in its zone. */
function local(x: string, type: Type): string {
  return type.kind === 'timestamp' && type.zone ? `weir_local((${x}).t, (${x}).z)` : x;
}

function isZoned(type: Type): boolean {
  return type.kind === 'timestamp' && type.zone;
}

/** The same zone around another instant or local time. */
function inZone(x: string, local: string): string {
  return `CASE WHEN ${x} IS NOT NULL THEN {'t': weir_instant(${local}, ${x}.z), 'z': ${x}.z} END`;
}

/** A field of dates and timestamps, with or without zone. */
function field(names: readonly string[], call: string): FunctionDefinition[] {
  return names.flatMap((name) =>
    ['date', 'timestamp(p)', zoned].map((kind) =>
      scalar(`${name}(${kind}) bigint`, ([x], { types }) =>
        castTo(call.replace('$1', local(x!, types[0]!)), { kind: 'bigint' }),
      ),
    ),
  );
}

/** A field of times, timestamps and intervals to the second. */
function clockField(name: string, call: string, ofInterval: string): FunctionDefinition[] {
  return [
    ...['time(p)', 'time(p) with time zone', 'timestamp(p)', zoned].map((kind) =>
      scalar(`${name}(${kind}) bigint`, ([x], { types }) => {
        const value = types[0]!.kind === 'time' ? `CAST(${x} AS TIME)` : local(x!, types[0]!);
        return castTo(call.replaceAll('$1', value), { kind: 'bigint' });
      }),
    ),
    scalar(`${name}(interval day to second) bigint`, `CAST(${ofInterval} AS BIGINT)`),
  ];
}

const dateUnits = ['day', 'week', 'month', 'quarter', 'year'];
const timeUnits = ['millisecond', 'second', 'minute', 'hour'];

/** What a unit, given as text, does to a value; a unit that does not fit ends the statement. */
function byUnit(
  unit: string,
  allowed: readonly string[],
  type: Type,
  use: (unit: string) => string,
  result: Type,
): string {
  const kind = type.kind === 'date' ? 'DATE' : type.kind === 'time' ? 'TIME' : 'TIMESTAMP';
  const name = kind === 'DATE' ? 'DATE' : kind === 'TIME' ? 'TIME' : 'Timestamp';
  const failure = failWith(
    'INVALID_FUNCTION_ARGUMENT',
    `'''' || ${unit} || ''' is not a valid ${name} field'`,
    duckdbType(result),
  );
  const known = literalText(unit)?.toLowerCase();
  if (known !== undefined) return allowed.includes(known) ? use(known) : failure;
  const cases = allowed.map((each) => `WHEN '${each}' THEN ${use(each)}`);
  return `CASE lower(${unit}) ${cases.join(' ')} ELSE CASE WHEN ${unit} IS NOT NULL THEN ${failure} END END`;
}

function unitsOf(type: Type): readonly string[] {
  if (type.kind === 'date') return dateUnits;
  return type.kind === 'time' ? timeUnits : [...timeUnits, ...dateUnits];
}

const truncate: Emit = ([unit, x], { types, result }) => {
  const type = types[1]!;
  if (isZoned(type)) {
    return once(x!, (v) =>
      byUnit(
        unit!,
        unitsOf(type),
        type,
        (each) => inZone(v, `date_trunc('${each}', weir_local(${v}.t, ${v}.z))`),
        result,
      ),
    );
  }
  if (type.kind === 'time') {
    return byUnit(
      unit!,
      unitsOf(type),
      type,
      (each) => `CAST(date_trunc('${each}', DATE '1970-01-01' + CAST(${x} AS TIME)) AS ${duckdbType(result)})`,
      result,
    );
  }
  return byUnit(unit!, unitsOf(type), type, (each) => castTo(`date_trunc('${each}', ${x})`, result), result);
};

/** An interval of n units. */
function steps(unit: string, count: string): string {
  switch (unit) {
    case 'millisecond':
      return `to_milliseconds(${count})`;
    case 'quarter':
      return `to_months(CAST(${count} * 3 AS INTEGER))`;
    case 'second':
    case 'minute':
    case 'hour':
      return `to_${unit}s(${count})`;
    default:
      return `to_${unit}s(CAST(${count} AS INTEGER))`;
  }
}

const add: Emit = ([unit, count, x], { types, result }) => {
  const type = types[2]!;
  if (isZoned(type)) {
    return once(x!, (v) =>
      byUnit(
        unit!,
        unitsOf(type),
        type,
        (each) => {
          if (dateUnits.includes(each)) return inZone(v, `weir_local(${v}.t, ${v}.z) + ${steps(each, count!)}`);
          return `CASE WHEN ${v} IS NOT NULL THEN {'t': ${v}.t + ${steps(each, count!)}, 'z': ${v}.z} END`;
        },
        result,
      ),
    );
  }
  return byUnit(unit!, unitsOf(type), type, (each) => castTo(`${x} + ${steps(each, count!)}`, result), result);
};

/** Whole units between two values; days and longer in the local time of the first. */
const difference: Emit = ([unit, from, to], { types, result }) => {
  const type = types[1]!;
  const use = (each: string) => {
    const [a, b] = isZoned(type) ? zonedSides(each, from!, to!) : [from!, to!];
    if (type.kind === 'time') return `date_sub('${each}', CAST(${a} AS TIME), CAST(${b} AS TIME))`;
    return `date_sub('${each}', ${castIfDate(a, type)}, ${castIfDate(b, type)})`;
  };
  return byUnit(unit!, unitsOf(type), type, use, result);
};

function zonedSides(unit: string, from: string, to: string): readonly [string, string] {
  if (!dateUnits.includes(unit)) return [`(${from}).t`, `(${to}).t`];
  return [`weir_local((${from}).t, (${from}).z)`, `weir_local((${to}).t, (${from}).z)`];
}

function castIfDate(sql: string, type: Type): string {
  return type.kind === 'date' ? `CAST(${sql} AS TIMESTAMP)` : sql;
}

/** `timestamp|zone` texts of the readers in JavaScript. */
function fromPair(text: string): string {
  return `list_transform([${text}], lambda weir_v: CASE WHEN weir_v IS NOT NULL THEN {'t': CAST(split_part(weir_v, '|', 1) AS TIMESTAMP), 'z': split_part(weir_v, '|', 2)} END)[1]`;
}

const plainFormat: Readonly<Record<string, string>> = {
  Y: '%Y',
  m: '%m',
  d: '%d',
  H: '%H',
  i: '%M',
  s: '%S',
  S: '%S',
  T: '%H:%M:%S',
};

/** A constant format of plain fields is DuckDB's own. */
const format: Emit = ([x, pattern], { types }) => {
  const type = types[0] as Moment;
  const exact = local(x!, type);
  const value = type.precision > 3 ? roundTimestamp(exact, Math.min(type.precision, 6), 3) : exact;
  const known = literalText(pattern!);
  if (known !== undefined && /^(?:%[YmdHisST]|[^%])*$/.test(known)) {
    const native = known.replaceAll(/%([A-Za-z])/g, (_, letter: string) => plainFormat[letter]!);
    return once(
      value,
      (v) =>
        `CASE WHEN year(${v}) BETWEEN 0 AND 9999 THEN strftime(${v}, ${quoteText(native)}) ELSE weir_date_format(epoch_us(${v}), ${pattern}) END`,
    );
  }
  return `weir_date_format(epoch_us(${value}), ${pattern})`;
};

const parseShapes: Readonly<Record<string, string>> = {
  Y: '[0-9]{4}',
  m: '[0-9]{2}',
  d: '[0-9]{2}',
  H: '[0-9]{2}',
  i: '[0-9]{2}',
  s: '[0-9]{2}',
  S: '[0-9]{2}',
  T: '[0-9]{2}:[0-9]{2}:[0-9]{2}',
};

/** A text of the plain shape is read by DuckDB; any other by the exact reader, which also says what is wrong. */
const parse: Emit = ([text, pattern]) => {
  const known = literalText(pattern!);
  const exact = (x: string) => `CAST(weir_date_parse(${x}, ${pattern}) AS TIMESTAMP)`;
  if (known === undefined || !/^(?=.*%Y)(?=.*%m)(?=.*%d)(?:%[YmdHisST]|[ T/:._-])*$/.test(known)) return exact(text!);
  const shape = known.replaceAll(/%([A-Za-z])|[.]/g, (sign, letter: string | undefined) =>
    letter === undefined ? `[${sign}]` : parseShapes[letter]!,
  );
  const native = known.replaceAll(/%([A-Za-z])/g, (_, letter: string) => plainFormat[letter]!);
  return once(
    text!,
    (x) =>
      `CASE WHEN regexp_full_match(${x}, ${quoteText(shape)}) THEN coalesce(try_strptime(${x}, ${quoteText(native)}), ${exact(x)}) ELSE ${exact(x)} END`,
  );
};

function formatJoda(): FunctionDefinition[] {
  return ['timestamp(p)', zoned].map((kind) =>
    scalar(`format_datetime(${kind}, varchar(x)) varchar`, ([x, pattern], { types }) => {
      if (!isZoned(types[0]!)) return `weir_format_datetime(epoch_us(${x}), 'UTC', ${pattern})`;
      return once(x!, (v) => `weir_format_datetime(epoch_us(weir_local(${v}.t, ${v}.z)), ${v}.z, ${pattern})`);
    }),
  );
}

const toIso: Emit = ([x], { types }) => {
  const type = types[0]!;
  if (type.kind === 'date') return emitText(x!, type);
  const plain = { ...(type as Moment), zone: false };
  if (!isZoned(type)) return `replace(${emitText(x!, plain)}, ' ', 'T')`;
  return once(x!, (v) => {
    const minutes = `weir_offset_at(epoch_us(${v}.t), ${v}.z)`;
    const offset = `CASE WHEN ${minutes} = 0 THEN 'Z' ELSE weir_offset_text(${minutes}) END`;
    return `(replace(${emitText(`weir_local(${v}.t, ${v}.z)`, plain)}, ' ', 'T') || ${offset})`;
  });
};

function isoLength(base: number) {
  return ({ numbers }: { readonly numbers: ReadonlyMap<string, number | undefined> }): Type => {
    const precision = numbers.get('p') ?? 3;
    return { kind: 'varchar', length: base + (precision > 0 ? precision + 1 : 0) };
  };
}

const nowUtc = 'make_timestamp(epoch_us(now()))';
const nowMillis = roundTimestamp(nowUtc, 6, 3);

/** Milliseconds since 1970, rounded as Java rounds. */
function fromUnix(seconds: string, zone: string): string {
  return once(seconds, (x) => {
    const tooFar = failWith('INVALID_FUNCTION_ARGUMENT', "'Millis overflow: 9223372036854775807'", 'TIMESTAMP');
    return `CASE WHEN ${x} IS NOT NULL THEN {'t': CASE WHEN abs(${x}) > 8.0e12 OR isnan(${x}) THEN ${tooFar} ELSE make_timestamp(CAST(floor(${x} * 1000 + 0.5) AS BIGINT) * 1000) END, 'z': ${zone}} END`;
  });
}

const fields: readonly FunctionDefinition[] = [
  ...field(['year'], 'year($1)'),
  ...field(['quarter'], 'quarter($1)'),
  ...field(['month'], 'month($1)'),
  ...field(['week', 'week_of_year'], 'weekofyear($1)'),
  ...field(['year_of_week', 'yow'], 'isoyear($1)'),
  ...field(['day', 'day_of_month'], 'day($1)'),
  ...field(['day_of_week', 'dow'], 'isodow($1)'),
  ...field(['day_of_year', 'doy'], 'dayofyear($1)'),
  ...clockField('hour', 'hour($1)', '$1 // 3600000 % 24'),
  ...clockField('minute', 'minute($1)', '$1 // 60000 % 60'),
  ...clockField('second', 'second($1)', '$1 // 1000 % 60'),
  ...clockField('millisecond', '(millisecond($1) % 1000)', '$1 % 1000'),
  scalar('year(interval year to month) bigint', 'CAST($1 // 12 AS BIGINT)'),
  scalar('month(interval year to month) bigint', 'CAST($1 % 12 AS BIGINT)'),
  scalar('day(interval day to second) bigint', '($1 // 86400000)'),
  scalar('day_of_month(interval day to second) bigint', '($1 // 86400000)'),
  scalar('timezone_hour(timestamp(p) with time zone) bigint', ([x]) =>
    once(x!, (v) => `(weir_offset_at(epoch_us(${v}.t), ${v}.z) // 60)`),
  ),
  scalar('timezone_minute(timestamp(p) with time zone) bigint', ([x]) =>
    once(x!, (v) => `(weir_offset_at(epoch_us(${v}.t), ${v}.z) % 60)`),
  ),
  scalar('timezone(timestamp(p) with time zone) varchar', ([x]) => `(${x}).z`),
];

/** Dates, times, timestamps and their texts. */
export const datetimeFunctions: readonly FunctionDefinition[] = [
  ...fields,
  ...['date', 'time(p)', 'timestamp(p)', zoned].flatMap((kind) => [
    scalar(`date_trunc(varchar(x), ${kind}) ${kind}`, truncate),
    scalar(`date_add(varchar(x), bigint, ${kind}) ${kind}`, add),
    scalar(`date_diff(varchar(x), ${kind}, ${kind}) bigint`, difference),
  ]),
  ...['date', 'timestamp(p)', zoned].map((kind) =>
    scalar(`last_day_of_month(${kind}) date`, ([x], { types }) => `CAST(last_day(${local(x!, types[0]!)}) AS DATE)`),
  ),
  ...['timestamp(p)', zoned].map((kind) =>
    scalar(`date(${kind}) date`, ([x], { types }) => `CAST(${local(x!, types[0]!)} AS DATE)`),
  ),
  scalar('date(varchar(x)) date', ([x]) => once(x!, (v) => textToDate(v, false))),
  ...['timestamp(p)', zoned].map((kind) => scalar(`date_format(${kind}, varchar(x)) varchar`, format)),
  scalar('date_parse(varchar(x), varchar(y)) timestamp(3)', parse),
  ...formatJoda(),
  scalar('parse_datetime(varchar(x), varchar(y)) timestamp(3) with time zone', ([x, pattern]) =>
    fromPair(`weir_parse_datetime(${x}, ${pattern})`),
  ),
  scalar('from_iso8601_timestamp(varchar(x)) timestamp(3) with time zone', ([x]) => fromPair(`weir_parse_iso(${x})`)),
  scalar('from_iso8601_date(varchar(x)) date', 'CAST(weir_iso_date($1) AS DATE)'),
  scalar('to_iso8601(date) varchar(16)', toIso),
  scalar('to_iso8601(timestamp(p)) varchar', toIso, isoLength(22)),
  scalar('to_iso8601(timestamp(p) with time zone) varchar', toIso, isoLength(28)),
  scalar('from_unixtime(double) timestamp(3) with time zone', ([x]) => fromUnix(x!, "'UTC'")),
  scalar('from_unixtime(double, varchar(x)) timestamp(3) with time zone', ([x, zone]) =>
    fromUnix(x!, `weir_unix_zone(${zone})`),
  ),
  scalar('from_unixtime(double, bigint, bigint) timestamp(3) with time zone', ([x, hours, minutes]) =>
    fromUnix(x!, `weir_offset_zone(${hours} * 60 + ${minutes})`),
  ),
  scalar('to_unixtime(timestamp(p) with time zone) double', ([x]) => `(epoch_us((${x}).t) / 1000000.0::DOUBLE)`),
  scalar('at_timezone(timestamp(p) with time zone, varchar(x)) timestamp(p) with time zone', ([x, zone]) =>
    once(
      x!,
      (v) => `CASE WHEN ${v} IS NOT NULL AND ${zone} IS NOT NULL THEN {'t': ${v}.t, 'z': weir_zone(${zone})} END`,
    ),
  ),
  scalar('with_timezone(timestamp(p), varchar(x)) timestamp(p) with time zone', ([x, zone]) =>
    once(
      x!,
      (v) =>
        `CASE WHEN ${v} IS NOT NULL AND ${zone} IS NOT NULL THEN {'t': weir_instant(${v}, weir_zone(${zone})), 'z': weir_zone(${zone})} END`,
    ),
  ),
  scalar('to_milliseconds(interval day to second) bigint', '$1'),
  scalar('now() timestamp(3) with time zone', `{'t': ${nowMillis}, 'z': 'UTC'}`),
  scalar('current_timestamp() timestamp(3) with time zone', `{'t': ${nowMillis}, 'z': 'UTC'}`),
  scalar('localtimestamp() timestamp(3)', nowMillis),
  scalar('current_date() date', `CAST(${nowUtc} AS DATE)`),
  scalar(
    'current_time() time(3) with time zone',
    `CAST(CAST(CAST(${nowMillis} AS TIME) AS VARCHAR) || '+00' AS TIMETZ)`,
  ),
  scalar('localtime() time(3)', `CAST(${nowMillis} AS TIME)`),
  scalar('current_timezone() varchar', "'UTC'"),
];
