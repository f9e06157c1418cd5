import { NativeFailure, native } from './udf.ts';

function failure(text: string, type: string): NativeFailure {
  return new NativeFailure('INVALID_CAST_ARGUMENT', `Cannot cast value to ${type}: ${text}`);
}

/** The 16 bytes of an address; IPv4 ones lie in ::ffff:0:0/96. */
export function parseAddress(text: string): Uint8Array | undefined {
  const four = parseFour(text);
  if (four !== undefined) return Uint8Array.from([...Array(10).fill(0), 255, 255, ...four]);
  if (!/^[0-9a-fA-F:.]+$/.test(text) || text.split('::').length > 2) return undefined;
  const tail = text.slice(text.lastIndexOf(':') + 1);
  const embedded = tail.includes('.') ? parseFour(tail) : undefined;
  if (tail.includes('.') && embedded === undefined) return undefined;
  const groupsText =
    embedded === undefined ? text : `${text.slice(0, text.lastIndexOf(':') + 1)}${hexGroups(embedded)}`;
  return parseGroups(groupsText);
}

function parseFour(text: string): number[] | undefined {
  const parts = text.split('.');
  const valid = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  return valid ? parts.map(Number) : undefined;
}

function hexGroups(bytes: readonly number[]): string {
  return `${(bytes[0]! * 256 + bytes[1]!).toString(16)}:${(bytes[2]! * 256 + bytes[3]!).toString(16)}`;
}

function parseGroups(text: string): Uint8Array | undefined {
  const [head, tail] = text.split('::') as [string, string | undefined];
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...before, ...Array<string>(tail === undefined ? 0 : missing).fill('0'), ...after];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return Uint8Array.from(all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]));
}

/** The canonical text: IPv4 dotted, IPv6 with its longest run of zeros left out. */
export function addressText(bytes: Uint8Array): string {
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (mapped) return [...bytes.slice(12)].join('.');
  const groups = [...Array(8).keys()].map((index) => ((bytes[index * 2]! << 8) | bytes[index * 2 + 1]!).toString(16));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (groups[start + length] === '0') length += 1;
    if (length > best.length) best = { start, length };
  }
  if (best.start < 0) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
}

function contains(network: string, address: Uint8Array): boolean {
  const [base, bits] = network.split('/') as [string, string | undefined];
  const bytes = parseAddress(base);
  const four = base.includes('.') && !base.includes(':');
  const prefix = Number(bits) + (four ? 96 : 0);
  if (bytes === undefined || bits === undefined || !/^\d+$/.test(bits) || prefix > 128) {
    throw new NativeFailure('INVALID_FUNCTION_ARGUMENT', 'Invalid CIDR');
  }
  for (let bit = 0; bit < prefix; bit += 1) {
    const mask = 128 >> (bit % 8);
    if (((bytes[bit >> 3]! ^ address[bit >> 3]!) & mask) !== 0) return false;
  }
  return true;
}

/** IP addresses and UUIDs. */
export const addressFunctions = [
  native('weir_ipaddress(VARCHAR) BLOB', (text: string) => {
    const bytes = parseAddress(text);
    if (bytes === undefined) throw failure(text, 'IPADDRESS');
    return bytes;
  }),
  native('weir_ip_text(BLOB) VARCHAR', addressText),
  native('weir_ip_contains(VARCHAR, BLOB) BOOLEAN', contains),
  native('weir_uuid(VARCHAR) VARCHAR', (text: string) => {
    if (/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/.test(text)) return text.toLowerCase();
    throw failure(text, 'UUID');
  }),
];
