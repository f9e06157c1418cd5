/** Table-driven CRCs, eight bytes a step ("slicing by 8"). CRC32 itself is in node:zlib. */

const CRC32C_POLYNOMIAL = 0x82f63b78;
let crc32cTables: readonly Uint32Array[] | undefined;

export function crc32c(bytes: Uint8Array, before: number): number {
  crc32cTables ??= tables32(CRC32C_POLYNOMIAL);
  const [t0, t1, t2, t3, t4, t5, t6, t7] = crc32cTables as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  let crc = ~before;
  let i = 0;
  const end = bytes.length - 7;
  for (; i < end; i += 8) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc =
      t7[crc & 255]! ^
      t6[(crc >>> 8) & 255]! ^
      t5[(crc >>> 16) & 255]! ^
      t4[crc >>> 24]! ^
      t3[bytes[i + 4]!]! ^
      t2[bytes[i + 5]!]! ^
      t1[bytes[i + 6]!]! ^
      t0[bytes[i + 7]!]!;
  }
  for (; i < bytes.length; i += 1) crc = (crc >>> 8) ^ t0[(crc ^ bytes[i]!) & 255]!;
  return ~crc >>> 0;
}

function tables32(polynomial: number): readonly Uint32Array[] {
  const first = Uint32Array.from({ length: 256 }, (_, n) => {
    let value = n;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value;
  });
  const tables = [first];
  for (let k = 1; k < 8; k += 1) {
    const previous = tables[k - 1]!;
    tables.push(previous.map((value) => (value >>> 8) ^ first[value & 255]!));
  }
  return tables;
}

/** A 64-bit value as two halves: 32-bit arithmetic is many times as fast as BigInt. */
export interface Crc64 {
  readonly high: number;
  readonly low: number;
}

// 0xad93d23594c93659 reflected.
const CRC64NVME_HIGH = 0x9a6c9329;
const CRC64NVME_LOW = 0xac4bc9b5;
let crc64Tables: readonly { readonly high: Uint32Array; readonly low: Uint32Array }[] | undefined;

export function crc64nvme(bytes: Uint8Array, before: Crc64): Crc64 {
  crc64Tables ??= tables64();
  const tables = crc64Tables;
  let high = ~before.high;
  let low = ~before.low;
  let i = 0;
  const end = bytes.length - 7;
  for (; i < end; i += 8) {
    low ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    high ^= bytes[i + 4]! | (bytes[i + 5]! << 8) | (bytes[i + 6]! << 16) | (bytes[i + 7]! << 24);
    const a = low & 255,
      b = (low >>> 8) & 255,
      c = (low >>> 16) & 255,
      d = low >>> 24;
    const e = high & 255,
      f = (high >>> 8) & 255,
      g = (high >>> 16) & 255,
      h = high >>> 24;
    low =
      tables[7]!.low[a]! ^
      tables[6]!.low[b]! ^
      tables[5]!.low[c]! ^
      tables[4]!.low[d]! ^
      tables[3]!.low[e]! ^
      tables[2]!.low[f]! ^
      tables[1]!.low[g]! ^
      tables[0]!.low[h]!;
    high =
      tables[7]!.high[a]! ^
      tables[6]!.high[b]! ^
      tables[5]!.high[c]! ^
      tables[4]!.high[d]! ^
      tables[3]!.high[e]! ^
      tables[2]!.high[f]! ^
      tables[1]!.high[g]! ^
      tables[0]!.high[h]!;
  }
  const first = tables[0]!;
  for (; i < bytes.length; i += 1) {
    const index = (low ^ bytes[i]!) & 255;
    low = ((low >>> 8) | (high << 24)) ^ first.low[index]!;
    high = (high >>> 8) ^ first.high[index]!;
  }
  return { high: ~high >>> 0, low: ~low >>> 0 };
}

function tables64(): readonly { readonly high: Uint32Array; readonly low: Uint32Array }[] {
  const first = { high: new Uint32Array(256), low: new Uint32Array(256) };
  for (let n = 0; n < 256; n += 1) {
    let high = 0;
    let low = n;
    for (let bit = 0; bit < 8; bit += 1) {
      const odd = low & 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (odd) {
        high ^= CRC64NVME_HIGH;
        low ^= CRC64NVME_LOW;
      }
    }
    first.high[n] = high;
    first.low[n] = low;
  }
  const tables = [first];
  for (let k = 1; k < 8; k += 1) {
    const previous = tables[k - 1]!;
    const next = { high: new Uint32Array(256), low: new Uint32Array(256) };
    for (let n = 0; n < 256; n += 1) {
      const index = previous.low[n]! & 255;
      next.low[n] = ((previous.low[n]! >>> 8) | (previous.high[n]! << 24)) ^ first.low[index]!;
      next.high[n] = (previous.high[n]! >>> 8) ^ first.high[index]!;
    }
    tables.push(next);
  }
  return tables;
}
