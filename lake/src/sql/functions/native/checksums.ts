import { xxhash64 } from './hashes.ts';
import { native } from './udf.ts';

const prime = 0x9e3779b185ebca87n;

function view(write: (bytes: DataView) => void): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8));
  write(bytes);
  return new Uint8Array(bytes.buffer);
}

function term(bytes: Uint8Array): bigint {
  const hash = xxhash64(bytes);
  return BigInt.asIntN(64, new DataView(hash.buffer, hash.byteOffset, 8).getBigUint64(0) * prime);
}

/** The parts of checksum(): each value's term, and the sum of all as eight bytes. */
export const checksumNatives = [
  native('weir_checksum_long(BIGINT) BIGINT', (value: bigint) =>
    term(view((bytes) => bytes.setBigInt64(0, value, true))),
  ),
  native('weir_checksum_double(DOUBLE) BIGINT', (value: number) =>
    term(view((bytes) => bytes.setFloat64(0, value, true))),
  ),
  native('weir_checksum_bytes(BLOB) BIGINT', term),
  native('weir_checksum_sum(VARCHAR) BLOB', (sum: string) =>
    view((bytes) => bytes.setBigInt64(0, BigInt.asIntN(64, BigInt(sum)), true)),
  ),
];
