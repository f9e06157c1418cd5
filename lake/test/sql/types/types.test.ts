import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import {
  athenaType,
  canCoerce,
  commonSuperType,
  comparable,
  displayType,
  hiveType,
  orderable,
  parseHiveType,
  parseTrinoType,
  sameType,
  type Type,
} from '../../../src/sql/types/index.ts';

interface Cases {
  readonly spellings: readonly { readonly trino: string; readonly hive?: string; readonly athena?: string }[];
  readonly not_trino: readonly string[];
  readonly not_hive: readonly string[];
  readonly common: readonly (readonly [string, string, string | null])[];
  readonly coerces: readonly (readonly [string, string, boolean])[];
  readonly not_comparable: readonly string[];
  readonly not_orderable: readonly string[];
}

const cases = parse(readFileSync(new URL('types.yaml', import.meta.url), 'utf8')) as Cases;

function typeOf(text: string): Type {
  const type = parseTrinoType(text);
  assert.ok(type, text);
  return type;
}

test('spellings are read and shown', () => {
  for (const { trino, hive, athena } of cases.spellings) {
    const type = typeOf(trino);
    assert.equal(displayType(type), trino);
    assert.equal(athenaType(type), athena ?? trino);
    assert.equal(hiveType(type), hive);
    const back = hive === undefined || hive.includes(' ') ? undefined : parseHiveType(hive);
    if (back !== undefined && !trino.startsWith('row(integer')) assert.ok(sameType(back, type), hive);
  }
});

test('what is no type is none', () => {
  for (const text of cases.not_trino) assert.equal(parseTrinoType(text), undefined, text);
  for (const text of cases.not_hive) assert.equal(parseHiveType(text), undefined, text);
});

test('two types become one by the rules of coercion', () => {
  for (const [left, right, common] of cases.common) {
    for (const [a, b] of [
      [left, right],
      [right, left],
    ] as const) {
      const found = commonSuperType(typeOf(a), typeOf(b));
      assert.equal(found === undefined ? null : displayType(found), common, `${a}, ${b}`);
    }
  }
});

test('one type is coerced to another', () => {
  for (const [from, to, can] of cases.coerces)
    assert.equal(canCoerce(typeOf(from), typeOf(to)), can, `${from} -> ${to}`);
});

test('types that cannot be compared or ordered', () => {
  for (const text of cases.not_comparable) assert.equal(comparable(typeOf(text)), false, text);
  for (const text of cases.not_orderable) {
    assert.equal(orderable(typeOf(text)), false, text);
    assert.equal(comparable(typeOf(text)), true, text);
  }
});
