import { formatJoda, formatMysql, type LocalMoment } from './joda-format.ts';
import { instantMillis, type Parsed, parseIso, parseJoda, parseMysql } from './joda-parse.ts';
import { civil, duckdbDate, duckdbTimestamp, offsetMinutes } from './moments.ts';
import { invalidArgument, native } from './udf.ts';

const dayMicros = 86_400_000_000n;

/** A time from its local microseconds since 1970. */
function moment(local: bigint, zone: string): LocalMoment {
  const rest = ((local % dayMicros) + dayMicros) % dayMicros;
  const days = Number((local - rest) / dayMicros);
  const micros = Number(rest);
  const offset =
    zone === 'UTC'
      ? 0
      : offsetMinutes((local - BigInt(offsetMinutes(local * 1000n, zone)) * 60_000_000n) * 1000n, zone);
  return { ...civil(days), days, millis: Math.floor(micros / 1000), micros: micros % 1000, offset, zone };
}

/** Formats show milliseconds; what is below is rounded first. */
function toMillis(micros: bigint): bigint {
  const shifted = micros + 500n;
  return shifted - (((shifted % 1000n) + 1000n) % 1000n);
}

function zonedText(parsed: Parsed): string {
  return `${duckdbTimestamp(BigInt(instantMillis(parsed)) * 1000n)}|${parsed.zone ?? 'UTC'}`;
}

function isoDate(text: string): string {
  const parsed = parseIso(text);
  if (text.includes('T'))
    throw invalidArgument(`Invalid format: "${text}" is malformed at "${text.slice(text.indexOf('T'))}"`);
  return duckdbDate(Math.floor(parsed.local / 86_400_000));
}

/** Whole minutes east of UTC of a time with zone, at an instant. */
function offsetAt(micros: bigint, zone: string): bigint {
  return BigInt(offsetMinutes(micros * 1000n, zone));
}

/** date_format's and Joda's formats, and ISO 8601. */
export const datetimeNatives = [
  native('weir_date_format(BIGINT, VARCHAR) VARCHAR', (micros: bigint, format: string) =>
    formatMysql(moment(toMillis(micros), 'UTC'), format),
  ),
  native('weir_format_datetime(BIGINT, VARCHAR, VARCHAR) VARCHAR', (micros: bigint, zone: string, pattern: string) =>
    formatJoda(moment(toMillis(micros), zone), pattern),
  ),
  native('weir_date_parse(VARCHAR, VARCHAR) VARCHAR', (text: string, format: string) =>
    duckdbTimestamp(BigInt(parseMysql(text, format).local) * 1000n),
  ),
  native('weir_parse_datetime(VARCHAR, VARCHAR) VARCHAR', (text: string, pattern: string) =>
    zonedText(parseJoda(text, pattern)),
  ),
  native('weir_parse_iso(VARCHAR) VARCHAR', (text: string) => zonedText(parseIso(text))),
  native('weir_iso_date(VARCHAR) VARCHAR', isoDate),
  native('weir_offset_at(BIGINT, VARCHAR) BIGINT', offsetAt),
];
