import { castNumber, javaNumber, parseJavaDouble } from './java-number.ts';
import { invalidArgument, native } from './udf.ts';

function shift(value: bigint, distance: bigint, bits: bigint, name: string): bigint {
  const width = Number(bits);
  const unsigned = BigInt.asUintN(width, value);
  if (name === 'bitwise_left_shift') return distance >= bits ? 0n : BigInt.asIntN(width, unsigned << distance);
  if (name === 'bitwise_right_shift') return distance >= bits ? 0n : BigInt.asIntN(width, unsigned >> distance);
  return value >> (distance >= bits ? bits - 1n : distance);
}

function bitCount(value: bigint, bits: bigint): bigint {
  if (bits < 2n || bits > 64n)
    throw invalidArgument(`Bits specified in bit_count must be between 2 and 64, got ${bits}`);
  const limit = 1n << (bits - 1n);
  if (value < -limit || value >= limit) {
    throw invalidArgument(
      `Number must be representable with the bits specified. ${value} cannot be represented with ${bits} bits`,
    );
  }
  return BigInt([...BigInt.asUintN(Number(bits), value).toString(2)].filter((digit) => digit === '1').length);
}

function checkRadix(radix: bigint): void {
  if (radix < 2n || radix > 36n) throw invalidArgument('Radix must be between 2 and 36');
}

function fromBase(text: string, radix: bigint): bigint {
  checkRadix(radix);
  const failure = invalidArgument(`Not a valid base-${radix} number: ${text}`);
  const digits = text.toLowerCase().replace(/^[+-]/, '');
  if (digits === '') throw failure;
  let value = 0n;
  for (const digit of digits) {
    const worth = '0123456789abcdefghijklmnopqrstuvwxyz'.indexOf(digit);
    if (worth < 0 || worth >= Number(radix)) throw failure;
    value = value * radix + BigInt(worth);
  }
  const signed = text.startsWith('-') ? -value : value;
  if (signed < -(2n ** 63n) || signed >= 2n ** 63n) throw failure;
  return signed;
}

/** 1.23K, 1.5B: three digits that count. */
function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  const units = ['', 'K', 'M', 'B', 'T', 'Q'];
  let [scaled, unit] = [value, 0];
  while (Math.abs(scaled) >= 1000 && unit < units.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  const absolute = Math.abs(scaled);
  const digits = absolute < 10 ? 2 : absolute < 100 ? 1 : 0;
  return `${Number(scaled.toFixed(digits))}${units[unit]}`;
}

function humanSeconds(value: number): string {
  const steps = [
    ['week', 604800],
    ['day', 86400],
    ['hour', 3600],
    ['minute', 60],
    ['second', 1],
  ] as const;
  if (!Number.isFinite(value)) throw invalidArgument('Invalid argument found: Infinity');
  let rest = Math.round(Math.abs(value));
  const parts: string[] = [];
  for (const [name, seconds] of steps) {
    const count = Math.floor(rest / seconds);
    rest %= seconds;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`);
  }
  return parts.length === 0 ? '0 seconds' : parts.join(', ');
}

function parseDuration(text: string): bigint {
  const units: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 };
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]+)\s*$/.exec(text);
  if (match === null) throw invalidArgument(`duration is not a valid data duration string: ${text}`);
  const unit = units[match[2]!];
  if (unit === undefined) throw invalidArgument(`Unknown time unit: ${match[2]}`);
  return BigInt(Math.round(Number(match[1]) * unit));
}

function parseDataSize(text: string): string {
  const match = /^(\d+(?:\.\d+)?)([kMGTPEZY]?B)$/.exec(text);
  if (match === null) throw invalidArgument(`Invalid data size: '${text}'`);
  const exponent = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'].indexOf(match[2]!);
  const [whole, fraction = ''] = match[1]!.split('.') as [string, string | undefined];
  return String((BigInt(whole + fraction) * 1024n ** BigInt(exponent)) / 10n ** BigInt(fraction.length));
}

function widthBucket(value: number, low: number, high: number, count: bigint): bigint {
  if (count <= 0n) throw invalidArgument('bucketCount must be greater than 0');
  if (Number.isNaN(value)) throw invalidArgument('operand must not be NaN');
  if (low === high) throw invalidArgument('bounds cannot equal each other');
  const [from, to] = [Math.min(low, high), Math.max(low, high)];
  const bucket =
    value < from
      ? 0n
      : value >= to
        ? count + 1n
        : BigInt(Math.floor((Number(count) * (value - from)) / (to - from)) + 1);
  return low > high ? count - bucket + 1n : bucket;
}

function truncate(text: string, digits: bigint): string {
  const [whole, fraction = ''] = text.split('.') as [string, string | undefined];
  if (digits >= 0n)
    return `${whole === '' || whole === '-' ? `${whole}0` : whole}.${fraction.slice(0, Number(digits))}0`;
  const sign = whole.startsWith('-') ? '-' : '';
  const kept = whole.replace('-', '').slice(0, Number(digits));
  return `${sign}${kept || '0'}${kept === '' ? '' : '0'.repeat(-Number(digits))}`;
}

/** Texts of numbers, bits and units. */
export const numberFunctions = [
  native('weir_java_number(VARCHAR) VARCHAR', javaNumber),
  native('weir_cast_number(VARCHAR) VARCHAR', castNumber),
  native('weir_parse_double(VARCHAR) DOUBLE', (text: string) => parseJavaDouble(text) ?? null),
  native('weir_log(DOUBLE, DOUBLE) DOUBLE', (base: number, value: number) => Math.log(value) / Math.log(base)),
  native('weir_power(DOUBLE, DOUBLE) DOUBLE', (base: number, exponent: number) => base ** exponent),
  native('weir_width_bucket(DOUBLE, DOUBLE, DOUBLE, BIGINT) BIGINT', widthBucket),
  native('weir_shift(BIGINT, BIGINT, BIGINT, VARCHAR) BIGINT', shift),
  native('weir_bit_count(BIGINT, BIGINT) BIGINT', bitCount),
  native('weir_to_base(BIGINT, BIGINT) VARCHAR', (value: bigint, radix: bigint) => {
    checkRadix(radix);
    return value.toString(Number(radix));
  }),
  native('weir_from_base(VARCHAR, BIGINT) BIGINT', fromBase),
  native('weir_format_number(DOUBLE) VARCHAR', formatNumber),
  native('weir_human_seconds(DOUBLE) VARCHAR', humanSeconds),
  native('weir_parse_duration(VARCHAR) BIGINT', parseDuration),
  native('weir_parse_data_size(VARCHAR) VARCHAR', parseDataSize),
  native('weir_truncate(VARCHAR, BIGINT) VARCHAR', truncate),
];
