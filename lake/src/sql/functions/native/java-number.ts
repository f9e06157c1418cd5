/** The digits and the exponent of a finite decimal text: 0.ddd x 10^point. */
interface Digits {
  readonly negative: boolean;
  readonly digits: string;
  readonly point: number;
}

function takeApart(text: string): Digits {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) throw new Error(`not a number: ${text}`);
  const [, sign, whole, fraction, exponent] = match as unknown as [string, string, string, string, string | undefined];
  const all = whole + fraction;
  const leading = /^0*/.exec(all)![0].length;
  const digits = all.slice(leading).replace(/0+$/, '');
  return { negative: sign === '-', digits, point: whole.length - leading + Number(exponent ?? 0) };
}

function special(text: string): string | undefined {
  if (/^-?nan$/i.test(text)) return 'NaN';
  if (/^\+?inf(inity)?$/i.test(text)) return 'Infinity';
  return /^-inf(inity)?$/i.test(text) ? '-Infinity' : undefined;
}

/** A double or real as Java's toString shows it, from any shortest decimal text of it: `1.0E10`, `0.001`. */
export function javaNumber(text: string): string {
  const named = special(text);
  if (named !== undefined) return named;
  const { negative, digits, point } = takeApart(text);
  const sign = negative ? '-' : '';
  if (digits === '') return `${sign}0.0`;
  // the smallest double, which Java prints with two digits
  if (digits === '5' && point === -323) return `${sign}4.9E-324`;
  if (point > 7 || point < -2) return `${sign}${scientific(digits, point)}`;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const padded = digits.padEnd(point, '0');
  return `${sign}${padded.slice(0, point)}.${padded.slice(point) || '0'}`;
}

/** A double or real as CAST(x AS varchar) shows it: always with an exponent, `1.5E0`, `0E0`. */
export function castNumber(text: string): string {
  const named = special(text);
  if (named !== undefined) return named;
  const { negative, digits, point } = takeApart(text);
  const sign = negative ? '-' : '';
  if (digits === '') return `${sign}0E0`;
  if (digits === '5' && point === -323) return `${sign}4.9E-324`;
  return `${sign}${scientific(digits, point)}`;
}

function scientific(digits: string, point: number): string {
  return `${digits[0]}.${digits.slice(1) || '0'}E${point - 1}`;
}

/** A text as Java's Double.parseDouble reads it (blanks around allowed, `1d`, `0x1p3`); undefined where it refuses. */
export function parseJavaDouble(raw: string): number | undefined {
  const text = trimJava(raw);
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?$/.test(text)) return Number(text.replace(/[dDfF]$/, ''));
  const named = /^([+-]?)(NaN|Infinity)$/.exec(text);
  if (named !== null) return named[2] === 'NaN' ? Number.NaN : named[1] === '-' ? -Infinity : Infinity;
  const hex = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)[dDfF]?$/.exec(text);
  if (hex === null || (hex[2] === '' && hex[3] === '')) return undefined;
  const mantissa = Number.parseInt(`${hex[2]}${hex[3]}`, 16);
  return (hex[1] === '-' ? -1 : 1) * mantissa * 2 ** (Number(hex[4]) - 4 * hex[3]!.length);
}

/** Java's String.trim: everything up to the blank goes. */
export function trimJava(text: string): string {
  return text.replace(/^[\x00-\x20]+|[\x00-\x20]+$/g, '');
}
