import { invalidArgument, native } from './udf.ts';

function split(text: string, delimiter: string, limit: bigint): string[] {
  if (limit <= 0n) throw invalidArgument('Limit must be positive');
  if (delimiter === '') throw invalidArgument('The delimiter may not be the empty string');
  const parts = text.split(delimiter);
  if (BigInt(parts.length) <= limit) return parts;
  const kept = parts.slice(0, Number(limit) - 1);
  return [...kept, parts.slice(kept.length).join(delimiter)];
}

function splitPairs(text: string, entry: string, pair: string, unique: boolean): string[] {
  if (entry === '' || pair === '') throw invalidArgument('entryDelimiter is empty');
  if (entry === pair) throw invalidArgument('entryDelimiter and keyValueDelimiter must not be the same');
  const found: string[] = [];
  const keys = new Set<string>();
  for (const part of text === '' ? [] : text.split(entry)) {
    const pieces = part.split(pair);
    if (part === '' && pieces.length === 1) continue;
    if (pieces.length !== 2) {
      const message = 'Key-value delimiter must appear exactly once in each entry. Bad input: ';
      throw invalidArgument(`${message}${part}`);
    }
    if (unique && keys.has(pieces[0]!)) throw invalidArgument(`Duplicate keys (${pieces[0]}) are not allowed`);
    keys.add(pieces[0]!);
    found.push(...pieces);
  }
  return found;
}

function strpos(text: string, search: string, instance: bigint): bigint {
  if (instance === 0n) throw invalidArgument("'instance' must be a positive or negative number.");
  if (search === '') return 1n;
  const found: number[] = [];
  for (let at = text.indexOf(search); at >= 0; at = text.indexOf(search, at + 1)) found.push(at);
  const index = instance > 0n ? Number(instance) - 1 : found.length + Number(instance);
  const at = found[index];
  return at === undefined ? 0n : BigInt([...text.slice(0, at)].length + 1);
}

function levenshtein(a: string, b: string): bigint {
  const [left, right] = [[...a], [...b]];
  let row = right.map((_, index) => index + 1);
  row.unshift(0);
  for (const [i, letter] of left.entries()) {
    const next = [i + 1];
    for (const [j, other] of right.entries()) {
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return BigInt(row[right.length]!);
}

function hamming(a: string, b: string): bigint {
  const [left, right] = [[...a], [...b]];
  if (left.length !== right.length) {
    throw invalidArgument('The input strings to hamming_distance function must have the same length');
  }
  return BigInt(left.filter((letter, index) => letter !== right[index]).length);
}

const codes: Readonly<Record<string, string>> = Object.fromEntries(
  ['BFPV', 'CGJKQSXZ', 'DT', 'L', 'MN', 'R'].flatMap((letters, index) =>
    [...letters].map((letter) => [letter, String(index + 1)]),
  ),
);

function soundex(text: string): string {
  const odd = [...text.toUpperCase()].find((letter) => /\p{L}/u.test(letter) && !/[A-Z]/.test(letter));
  if (odd !== undefined) throw invalidArgument(`The character is not mapped: ${odd} (index=${odd.charCodeAt(0) - 65})`);
  const letters = [...text.toUpperCase()].filter((letter) => /[A-Z]/.test(letter));
  if (letters.length === 0) return '';
  let result = letters[0]!;
  let last = codes[letters[0]!];
  for (const letter of letters.slice(1)) {
    const code = codes[letter];
    if (code !== undefined && code !== last) result += code;
    if (letter !== 'H' && letter !== 'W') last = code;
  }
  return result.padEnd(4, '0').slice(0, 4);
}

function luhn(text: string): boolean {
  if (!/^\d+$/.test(text)) {
    if (text === '') return false;
    throw invalidArgument('Input must be all digits');
  }
  const sum = [...text].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

/** Texts. */
export const stringNatives = [
  native('weir_split(VARCHAR, VARCHAR, BIGINT) VARCHAR[]', split),
  native('weir_split_pairs(VARCHAR, VARCHAR, VARCHAR, BOOLEAN) VARCHAR[]', splitPairs),
  native(
    'weir_interleave(VARCHAR, VARCHAR) VARCHAR',
    (text: string, by: string) => `${by}${[...text].map((letter) => letter + by).join('')}`,
  ),
  native('weir_strpos(VARCHAR, VARCHAR, BIGINT) BIGINT', strpos),
  native('weir_levenshtein(VARCHAR, VARCHAR) BIGINT', levenshtein),
  native('weir_hamming(VARCHAR, VARCHAR) BIGINT', hamming),
  native('weir_soundex(VARCHAR) VARCHAR', soundex),
  native('weir_luhn(VARCHAR) BOOLEAN', luhn),
  native('weir_normalize(VARCHAR, VARCHAR) VARCHAR', (text: string, form: string) => {
    if (!/^NFK?[CD]$/.test(form)) throw invalidArgument(`Normalization form must be one of [NFD, NFC, NFKD, NFKC]`);
    return text.normalize(form);
  }),
  native('weir_chr(BIGINT) VARCHAR', (code: bigint) => {
    const valid = code >= 0n && code <= 0x10ffffn && !(code >= 0xd800n && code <= 0xdfffn);
    if (!valid) throw invalidArgument(`Not a valid Unicode code point: ${code}`);
    return String.fromCodePoint(Number(code));
  }),
];
