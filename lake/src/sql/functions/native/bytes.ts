import { createHash, createHmac } from 'node:crypto';
import { LONGEST_MADE, largeMessage } from '../large.ts';
import { murmur3, xxhash64 } from './hashes.ts';
import { invalidArgument, NativeFailure, native } from './udf.ts';

function hex(text: string): Uint8Array {
  if (text.length % 2 !== 0) throw invalidArgument(`expected an even number of hex digits`);
  const wrong = /[^0-9a-fA-F]/u.exec(text);
  if (wrong !== null) throw invalidArgument(`not a hexadecimal digit: "${wrong[0]}" = ${wrong[0].codePointAt(0)}`);
  return Uint8Array.from(Buffer.from(text, 'hex'));
}

function base64(text: string, url: boolean): Uint8Array {
  const clean = text.replace(/=+$/, '');
  const alphabet = url ? /^[A-Za-z0-9_-]*$/ : /^[A-Za-z0-9+/]*$/;
  if (clean.length % 4 === 1) throw invalidArgument('Input byte[] should at least have 2 bytes for base64 bytes');
  if (!alphabet.test(clean)) {
    const wrong = [...clean].find((letter) => !alphabet.test(letter))!;
    throw invalidArgument(`Illegal base64 character ${wrong.codePointAt(0)!.toString(16)}`);
  }
  return Uint8Array.from(Buffer.from(clean, url ? 'base64url' : 'base64'));
}

const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function toBase32(bytes: Uint8Array): string {
  let [bits, buffer, text] = [0, 0, ''];
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      text += base32Alphabet[(buffer >>> (bits - 5)) & 31];
      bits -= 5;
      buffer &= (1 << bits) - 1;
    }
  }
  if (bits > 0) text += base32Alphabet[(buffer << (5 - bits)) & 31];
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=');
}

function fromBase32(text: string): Uint8Array {
  let [bits, buffer] = [0, 0];
  const bytes: number[] = [];
  for (const letter of text.replace(/=+$/, '')) {
    const value = base32Alphabet.indexOf(letter);
    if (value < 0) throw invalidArgument(`Unrecognized character: ${letter}`);
    buffer = (buffer << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bytes.push((buffer >>> (bits - 8)) & 255);
      bits -= 8;
      buffer &= (1 << bits) - 1;
    }
  }
  return Uint8Array.from(bytes);
}

/** Text of bytes; each broken sequence becomes the replacement. */
function fromUtf8(bytes: Uint8Array, replacement: string): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  if (replacement === '\ufffd' || !text.includes('\ufffd')) return text;
  if ([...replacement].length > 1)
    throw invalidArgument('Replacement character string must empty or a single character');
  return text.replaceAll('\ufffd', replacement);
}

function crc32(bytes: Uint8Array): bigint {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return BigInt((crc ^ 0xffffffff) >>> 0);
}

function subbytes(bytes: Uint8Array, start: bigint, length: bigint): Uint8Array {
  const size = BigInt(bytes.length);
  if (start === 0n || length <= 0n || start > size || -start > size) return new Uint8Array();
  const from = start > 0n ? start - 1n : size + start;
  const to = length > size - from ? size : from + length;
  return bytes.slice(Number(from), Number(to));
}

function padBytes(bytes: Uint8Array, size: bigint, filler: Uint8Array, side: string): Uint8Array {
  if (filler.length === 0) throw invalidArgument('Padding bytes must not be empty');
  if (size < 0n || size > 2147483647n) throw invalidArgument('Target length must be in the range [0..2147483647]');
  if (size > BigInt(LONGEST_MADE)) throw new NativeFailure('NOT_SUPPORTED', largeMessage(side));
  const kept = bytes.slice(0, Number(size));
  const padded = new Uint8Array(Number(size));
  const missing = padded.length - kept.length;
  for (let index = 0; index < missing; index += 1)
    padded[side === 'lpad' ? index : kept.length + index] = filler[index % filler.length]!;
  padded.set(kept, side === 'lpad' ? missing : 0);
  return padded;
}

function fixedBytes(size: number, name: string, read: (view: DataView) => bigint | number) {
  return (bytes: Uint8Array) => {
    if (bytes.length !== size) throw invalidArgument(`expected ${size}-byte input, but got instead: ${bytes.length}`);
    return read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)) ?? name;
  };
}

function written(size: number, write: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(size));
  write(view);
  return new Uint8Array(view.buffer);
}

function digest(name: string) {
  return (bytes: Uint8Array) => Uint8Array.from(createHash(name).update(bytes).digest());
}

function hmac(name: string) {
  return (bytes: Uint8Array, key: Uint8Array) => Uint8Array.from(createHmac(name, key).update(bytes).digest());
}

/** Bytes: encodings, hashes, big endian numbers. */
export const byteNatives = [
  native('weir_from_hex(VARCHAR) BLOB', hex),
  native('weir_from_base64(VARCHAR) BLOB', (text: string) => base64(text, false)),
  native('weir_from_base64url(VARCHAR) BLOB', (text: string) => base64(text, true)),
  native('weir_to_base64(BLOB) VARCHAR', (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')),
  native('weir_to_base64url(BLOB) VARCHAR', (bytes: Uint8Array) =>
    Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
  ),
  native('weir_to_base32(BLOB) VARCHAR', toBase32),
  native('weir_from_base32(VARCHAR) BLOB', fromBase32),
  native('weir_from_utf8(BLOB, VARCHAR) VARCHAR', fromUtf8),
  native('weir_crc32(BLOB) BIGINT', crc32),
  native('weir_md5(BLOB) BLOB', digest('md5')),
  native('weir_sha1(BLOB) BLOB', digest('sha1')),
  native('weir_sha256(BLOB) BLOB', digest('sha256')),
  native('weir_sha512(BLOB) BLOB', digest('sha512')),
  native('weir_hmac_md5(BLOB, BLOB) BLOB', hmac('md5')),
  native('weir_hmac_sha1(BLOB, BLOB) BLOB', hmac('sha1')),
  native('weir_hmac_sha256(BLOB, BLOB) BLOB', hmac('sha256')),
  native('weir_hmac_sha512(BLOB, BLOB) BLOB', hmac('sha512')),
  native('weir_xxhash64(BLOB) BLOB', xxhash64),
  native('weir_murmur3(BLOB) BLOB', murmur3),
  native('weir_subbytes(BLOB, BIGINT, BIGINT) BLOB', subbytes),
  native('weir_pad_bytes(BLOB, BIGINT, BLOB, VARCHAR) BLOB', padBytes),
  native('weir_reverse_bytes(BLOB) BLOB', (bytes: Uint8Array) => Uint8Array.from(bytes).reverse()),
  native('weir_to_big_endian_64(BIGINT) BLOB', (value: bigint) => written(8, (view) => view.setBigInt64(0, value))),
  native('weir_to_big_endian_32(BIGINT) BLOB', (value: bigint) =>
    written(4, (view) => view.setInt32(0, Number(value))),
  ),
  native(
    'weir_from_big_endian_64(BLOB) BIGINT',
    fixedBytes(8, 'big endian', (view) => view.getBigInt64(0)),
  ),
  native(
    'weir_from_big_endian_32(BLOB) BIGINT',
    fixedBytes(4, 'big endian', (view) => BigInt(view.getInt32(0))),
  ),
  native('weir_to_ieee754_64(DOUBLE) BLOB', (value: number) => written(8, (view) => view.setFloat64(0, value))),
  native('weir_to_ieee754_32(DOUBLE) BLOB', (value: number) => written(4, (view) => view.setFloat32(0, value))),
  native(
    'weir_from_ieee754_64(BLOB) DOUBLE',
    fixedBytes(8, 'IEEE 754', (view) => view.getFloat64(0)),
  ),
  native(
    'weir_from_ieee754_32(BLOB) DOUBLE',
    fixedBytes(4, 'IEEE 754', (view) => view.getFloat32(0)),
  ),
];
