import { invalidArgument, NativeFailure, native } from './udf.ts';

/** `+05:30` from minutes. */
export function offsetText(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const absolute = Math.abs(minutes);
  const part = (value: number) => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${part(Math.floor(absolute / 60))}:${part(absolute % 60)}`;
}

const fixed = new Set(['utc', 'z', 'zulu', 'ut', 'uct', 'gmt', 'gmt0', 'greenwich', 'universal', 'etc/utc', 'etc/gmt']);
const known = new Map<string, string | undefined>();

/** A zone as Trino names it (`UTC`, `+05:30`, `America/New_York`); undefined where there is none of that name. */
export function zoneName(text: string): string | undefined {
  if (known.size > 1000) known.clear();
  if (!known.has(text)) known.set(text, findZone(text));
  return known.get(text);
}

function findZone(text: string): string | undefined {
  if (fixed.has(text.toLowerCase())) return 'UTC';
  const offset = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(text);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0);
    return minutes > 14 * 60 ? undefined : offsetText(offset[1] === '-' ? -minutes : minutes);
  }
  if (!/^[A-Z][\w+-]*(\/[\w+-]+)+$/.test(text)) return undefined;
  try {
    const resolved = new Intl.DateTimeFormat('en', { timeZone: text });
    return resolved === undefined ? undefined : text;
  } catch {
    return undefined;
  }
}

export const zoneFunctions = [
  native('weir_zone(VARCHAR) VARCHAR', (text: string) => {
    const zone = zoneName(text);
    if (zone === undefined) throw invalidArgument(`'${text}' is not a valid time zone`);
    return zone;
  }),
  native('weir_unix_zone(VARCHAR) VARCHAR', (text: string) => {
    const zone = zoneName(text);
    if (zone === undefined) throw new NativeFailure('NOT_SUPPORTED', `Time zone not supported: ${text}`);
    return zone;
  }),
  native('weir_offset_zone(BIGINT) VARCHAR', (minutes: bigint) => {
    if (minutes < -840n || minutes > 840n) throw invalidArgument(`Invalid offset minutes ${minutes}`);
    return offsetText(Number(minutes));
  }),
];
