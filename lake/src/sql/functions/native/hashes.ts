const mask = (1n << 64n) - 1n;

function rotate(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & mask;
}

function words(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bigEndian(values: readonly bigint[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  for (const [index, value] of values.entries()) view.setBigUint64(index * 8, value);
  return new Uint8Array(view.buffer);
}

const p1 = 0x9e3779b185ebca87n;
const p2 = 0xc2b2ae3d27d4eb4fn;
const p3 = 0x165667b19e3779f9n;
const p4 = 0x85ebca77c2b2ae63n;
const p5 = 0x27d4eb2f165667c5n;

function round(accumulator: bigint, input: bigint): bigint {
  return (rotate((accumulator + input * p2) & mask, 31n) * p1) & mask;
}

/** XXH64 with seed 0, big endian. */
export function xxhash64(bytes: Uint8Array): Uint8Array {
  const view = words(bytes);
  let at = 0;
  let hash = p5;
  if (bytes.length >= 32) {
    const lanes = [(p1 + p2) & mask, p2, 0n, -p1 & mask];
    for (; at + 32 <= bytes.length; at += 32) {
      for (let lane = 0; lane < 4; lane += 1) lanes[lane] = round(lanes[lane]!, view.getBigUint64(at + lane * 8, true));
    }
    const [a, b, c, d] = lanes as [bigint, bigint, bigint, bigint];
    hash = (rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n)) & mask;
    for (const lane of lanes) hash = ((hash ^ round(0n, lane)) * p1 + p4) & mask;
  }
  hash = (hash + BigInt(bytes.length)) & mask;
  for (; at + 8 <= bytes.length; at += 8) {
    hash = (rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * p1 + p4) & mask;
  }
  if (at + 4 <= bytes.length) {
    hash = (rotate(hash ^ ((BigInt(view.getUint32(at, true)) * p1) & mask), 23n) * p2 + p3) & mask;
    at += 4;
  }
  for (; at < bytes.length; at += 1) hash = (rotate(hash ^ ((BigInt(bytes[at]!) * p5) & mask), 11n) * p1) & mask;
  hash = ((hash ^ (hash >> 33n)) * p2) & mask;
  hash = ((hash ^ (hash >> 29n)) * p3) & mask;
  return bigEndian([hash ^ (hash >> 32n)]);
}

const c1 = 0x87c37b91114253d5n;
const c2 = 0x4cf5ad432745937fn;

function mixA(k: bigint): bigint {
  return (rotate((k * c1) & mask, 31n) * c2) & mask;
}

function mixB(k: bigint): bigint {
  return (rotate((k * c2) & mask, 33n) * c1) & mask;
}

function finish(value: bigint): bigint {
  let k = value;
  k = ((k ^ (k >> 33n)) * 0xff51afd7ed558ccdn) & mask;
  k = ((k ^ (k >> 33n)) * 0xc4ceb9fe1a85ec53n) & mask;
  return k ^ (k >> 33n);
}

/** Murmur3, 128 bits, x64, seed 0; the two halves little endian, as Trino gives them. */
export function murmur3(bytes: Uint8Array): Uint8Array {
  const view = words(bytes);
  let [h1, h2, at] = [0n, 0n, 0];
  for (; at + 16 <= bytes.length; at += 16) {
    h1 = ((rotate(h1 ^ mixA(view.getBigUint64(at, true)), 27n) + h2) * 5n + 0x52dce729n) & mask;
    h2 = ((rotate(h2 ^ mixB(view.getBigUint64(at + 8, true)), 31n) + h1) * 5n + 0x38495ab5n) & mask;
  }
  let [k1, k2] = [0n, 0n];
  for (let index = bytes.length - at - 1; index >= 0; index -= 1) {
    const byte = BigInt(bytes[at + index]!);
    if (index >= 8) k2 |= byte << BigInt((index - 8) * 8);
    else k1 |= byte << BigInt(index * 8);
  }
  h2 ^= mixB(k2);
  h1 ^= mixA(k1);
  h1 ^= BigInt(bytes.length);
  h2 ^= BigInt(bytes.length);
  h1 = (h1 + h2) & mask;
  h2 = (h2 + h1) & mask;
  h1 = finish(h1);
  h2 = finish(h2);
  h1 = (h1 + h2) & mask;
  h2 = (h2 + h1) & mask;
  return bigEndian([h1, h2].map(reverseBytes));
}

function reverseBytes(value: bigint): bigint {
  let reversed = 0n;
  for (let index = 0n; index < 8n; index += 1n) reversed = (reversed << 8n) | ((value >> (8n * index)) & 255n);
  return reversed;
}
