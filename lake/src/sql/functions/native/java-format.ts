import { LONGEST_MADE, largeMessage } from '../large.ts';
import { javaNumber } from './java-number.ts';
import { invalidArgument, NativeFailure, native } from './udf.ts';

interface Specifier {
  readonly text: string;
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly conversion: string;
}

interface Value {
  /** i integer, d decimal, f double, b boolean, t timestamp, c time, s anything else. */
  readonly tag: string;
  readonly text: string;
}

const classes: Readonly<Record<string, string>> = {
  i: 'java.lang.Long',
  d: 'java.math.BigDecimal',
  f: 'java.lang.Double',
  b: 'java.lang.Boolean',
  t: 'java.time.LocalDateTime',
  c: 'java.time.LocalTime',
  s: 'java.lang.String',
};

function refuse(format: string, reason: string): Error {
  return invalidArgument(`Invalid format string: ${format} (${reason})`);
}

/** Java's String.format. */
function format(pattern: string, args: readonly (string | null)[]): string {
  let next = 0;
  let last = -1;
  const scan = /%(?:(\d+)\$|(<))?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])|%/g;
  return pattern.replaceAll(scan, (text, position, previous, flags = '', width, precision, conversion) => {
    if (conversion === undefined) throw refuse(pattern, "UnknownFormatConversion: Conversion = '%'");
    const specifier: Specifier = {
      text: pattern,
      flags,
      width: width === undefined ? undefined : Number(width),
      precision: precision === undefined ? undefined : Number(precision),
      conversion,
    };
    if (Number(width ?? 0) > LONGEST_MADE || Number(precision ?? 0) > LONGEST_MADE)
      throw new NativeFailure('NOT_SUPPORTED', largeMessage('format'));
    if (conversion === '%') return fit('%', specifier);
    if (conversion === 'n') return '\n';
    if (previous === undefined) last = position === undefined ? next++ : Number(position) - 1;
    const argument = args[last];
    if (argument === undefined) throw refuse(pattern, `MissingFormatArgument: Format specifier '${text}'`);
    return one(specifier, argument === null ? null : { tag: argument[0]!, text: argument.slice(2) });
  });
}

function fit(text: string, specifier: Specifier): string {
  const { width, flags } = specifier;
  if (width === undefined) return text;
  return flags.includes('-') ? text.padEnd(width) : text.padStart(width);
}

function one(specifier: Specifier, value: Value | null): string {
  const { conversion } = specifier;
  const upper = /[A-Z]/.test(conversion);
  const shown = convert(specifier, conversion.toLowerCase(), value);
  return upper ? shown.toUpperCase() : shown;
}

function convert(specifier: Specifier, conversion: string, value: Value | null): string {
  switch (conversion) {
    case 's':
      return fit(shown(value).slice(0, specifier.precision), specifier);
    case 'b':
      return fit(value === null ? 'false' : value.tag === 'b' ? value.text : 'true', specifier);
    case 'd':
      return integer(specifier, value);
    case 'x':
    case 'o':
      return radix(specifier, value, conversion === 'x' ? 16 : 8);
    case 'f':
    case 'e':
    case 'g':
      return real(specifier, conversion, value);
    case 'c':
      if (value === null) return fit('null', specifier);
      throw illegal(specifier, value);
    case 'h':
      if (value === null) return fit('null', specifier);
      throw refuse(specifier.text, '%h is not supported here');
    default:
      throw refuse(specifier.text, `UnknownFormatConversion: Conversion = '${specifier.conversion}'`);
  }
}

function illegal(specifier: Specifier, value: Value): Error {
  return refuse(specifier.text, `IllegalFormatConversion: ${specifier.conversion} != ${classes[value.tag]}`);
}

/** %s; a timestamp as java.time writes it: T between, no zeros that say nothing. */
function shown(value: Value | null): string {
  if (value === null) return 'null';
  if (value.tag === 'f') return javaNumber(value.text);
  if (value.tag !== 't' && value.tag !== 'c') return value.text;
  return value.text
    .replace(' ', 'T')
    .replace(/(:\d\d)(:\d\d)(?:\.(\d+))?/, (_, minutes: string, seconds: string, digits = '') => {
      const fraction = (digits as string).replace(/0+$/, '');
      if (fraction === '') return seconds === ':00' ? minutes : `${minutes}${seconds}`;
      return `${minutes}${seconds}.${fraction.padEnd(Math.ceil(fraction.length / 3) * 3, '0')}`;
    });
}

function grouped(digits: string): string {
  return digits.replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** Sign, grouping, zeros and width around digits. */
function dress(specifier: Specifier, negative: boolean, whole: string, rest: string): string {
  const { flags, width } = specifier;
  const digits = `${flags.includes(',') ? grouped(whole) : whole}${rest}`;
  const before = negative
    ? flags.includes('(')
      ? '('
      : '-'
    : flags.includes('+')
      ? '+'
      : flags.includes(' ')
        ? ' '
        : '';
  const after = negative && flags.includes('(') ? ')' : '';
  const zeros =
    flags.includes('0') && width !== undefined ? digits.padStart(width - before.length - after.length, '0') : digits;
  return fit(`${before}${zeros}${after}`, specifier);
}

function integer(specifier: Specifier, value: Value | null): string {
  if (value === null) return fit('null', specifier);
  if (value.tag !== 'i') throw illegal(specifier, value);
  const negative = value.text.startsWith('-');
  return dress(specifier, negative, value.text.replace('-', ''), '');
}

function radix(specifier: Specifier, value: Value | null, base: number): string {
  if (value === null) return fit('null', specifier);
  if (value.tag !== 'i') throw illegal(specifier, value);
  const text = BigInt.asUintN(64, BigInt(value.text)).toString(base);
  const prefix = specifier.flags.includes('#') ? (base === 16 ? '0x' : '0') : '';
  return dress(specifier, false, `${prefix}${text}`, '');
}

function real(specifier: Specifier, conversion: string, value: Value | null): string {
  if (value === null) return fit('null'.slice(0, specifier.precision), specifier);
  if (value.tag !== 'f' && value.tag !== 'd') throw illegal(specifier, value);
  if (/^(NaN|-?Infinity)$/.test(value.text))
    return fit(value.text, { ...specifier, flags: specifier.flags.replace('0', '') });
  const negative = value.text.startsWith('-');
  const precision = specifier.precision ?? 6;
  const plain = negative ? value.text.slice(1) : value.text;
  if (conversion === 'f') {
    const [whole, fraction = ''] = rounded(plain, precision).split('.') as [string, string | undefined];
    return dress(specifier, negative, whole, fraction === '' ? '' : `.${fraction}`);
  }
  if (conversion === 'e') return dress(specifier, negative, exponent(plain, precision), '');
  const digits = Math.max(1, precision);
  const number = Number(plain);
  const general = number !== 0 && (number < 1e-4 || number >= 10 ** digits);
  const scale = general ? digits - 1 : Math.max(0, digits - 1 - (number === 0 ? 0 : Math.floor(Math.log10(number))));
  return dress(specifier, negative, general ? exponent(plain, scale) : rounded(plain, scale), '');
}

/** Rounds a decimal text half up, as BigDecimal does. */
function rounded(text: string, scale: number): string {
  const [mantissa, exponentText = '0'] = text.split(/[eE]/) as [string, string | undefined];
  const [whole, fraction = ''] = mantissa.split('.') as [string, string | undefined];
  const shift = Number(exponentText) - fraction.length;
  const value = BigInt(whole + fraction);
  const places = scale + shift;
  const scaled =
    places >= 0 ? value * 10n ** BigInt(places) : (2n * value + 10n ** BigInt(-places)) / (2n * 10n ** BigInt(-places));
  const digits = String(scaled).padStart(scale + 1, '0');
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function exponent(text: string, precision: number): string {
  const number = Number(text);
  if (number === 0) return `${rounded('0', precision)}e+00`;
  let power = Math.floor(Math.log10(number));
  let mantissa = rounded(`${text.split(/[eE]/)[0]}e${Number(text.split(/[eE]/)[1] ?? 0) - power}`, precision);
  if (mantissa.startsWith('10')) {
    power += 1;
    mantissa = rounded(`${text.split(/[eE]/)[0]}e${Number(text.split(/[eE]/)[1] ?? 0) - power}`, precision);
  }
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** format(): Java's formatter. */
export const formatNatives = [native('weir_format(VARCHAR, VARCHAR[]) VARCHAR', format)];
