import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CHECKSUM_ALGORITHMS, compositeChecksum, isChecksumValue, startChecksum } from '../../src/s3/checksum.ts';

const POLYNOMIALS = {
  CRC32: [0xedb88320n, 32n],
  CRC32C: [0x82f63b78n, 32n],
  CRC64NVME: [0x9a6c9329ac4bc9b5n, 64n],
} as const;

/** Bit by bit, as the standards describe it: slow, and another way than the tables. */
function crcByBits(bytes: Uint8Array, algorithm: keyof typeof POLYNOMIALS): string {
  const [polynomial, width] = POLYNOMIALS[algorithm];
  const all = (1n << width) - 1n;
  let crc = all;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
  }
  return Buffer.from((crc ^ all).toString(16).padStart(Number(width / 4n), '0'), 'hex').toString('base64');
}

describe('checksums', () => {
  // The check values of "123456789" in the catalogue of CRCs, and of SHA in FIPS 180.
  for (const [algorithm, hex] of [
    ['CRC32', 'cbf43926'],
    ['CRC32C', 'e3069283'],
    ['CRC64NVME', 'ae8b14860a799888'],
    ['SHA1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
    ['SHA256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
  ] as const)
    it(`${algorithm} of 123456789`, () => {
      const checksum = startChecksum(algorithm);
      checksum.update(Buffer.from('123456789'));
      assert.equal(Buffer.from(checksum.digest(), 'base64').toString('hex'), hex);
    });

  it('do not depend on how the bytes come', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), (pieces) => {
        for (const algorithm of CHECKSUM_ALGORITHMS) {
          const [whole, parts] = [startChecksum(algorithm), startChecksum(algorithm)];
          whole.update(Buffer.concat(pieces));
          for (const piece of pieces) parts.update(piece);
          const value = parts.digest();
          assert.equal(value, whole.digest());
          assert.ok(isChecksumValue(algorithm, value));
          if (algorithm.startsWith('CRC'))
            assert.equal(value, crcByBits(Buffer.concat(pieces), algorithm as keyof typeof POLYNOMIALS));
        }
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it('of parts carry their number', () => {
    assert.match(compositeChecksum('CRC32', ['y/Q5Jg==', 'y/Q5Jg==']), /^[A-Za-z0-9+/]{6}==-2$/);
  });

  for (const [algorithm, value] of [
    ['CRC32', 'AAAA'],
    ['CRC32', ''],
    ['CRC32', '????'],
    ['SHA256', 'y/Q5Jg=='],
  ] as const)
    it(`${value || 'nothing'} is no ${algorithm}`, () => assert.equal(isChecksumValue(algorithm, value), false));
});
