import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { canCast, emitCast } from '../../../src/sql/casts/cast.ts';
import { emitText } from '../../../src/sql/casts/text.ts';
import { parseTrinoType, quoteText, type Type } from '../../../src/sql/types/index.ts';
import { evaluate, openSession } from '../session.ts';

type Cases = Record<string, Record<string, string | null>>;
const varchar: Type = { kind: 'varchar', length: undefined };
const cases = parse(readFileSync(new URL('casts.yaml', import.meta.url), 'utf8')) as Cases;
const connection = await openSession();

function typeOf(text: string): Type {
  const type = parseTrinoType(text);
  assert.ok(type, text);
  return type;
}

/** A value as its type holds it; json values are written as they are. */
function held(value: string, type: Type): string {
  if (type.kind === 'json') return quoteText(value);
  if (type.kind === 'double' || type.kind === 'real')
    return `CAST(${quoteText(value)} AS ${type.kind === 'real' ? 'FLOAT' : 'DOUBLE'})`;
  return emitCast(quoteText(value), varchar, type);
}

for (const [title, values] of Object.entries(cases)) {
  const [from, to] = title.split(' -> ').map((text) => typeOf(text)) as [Type, Type];
  test(`CAST ${title}`, async () => {
    assert.ok(canCast(from, to));
    for (const [value, expected] of Object.entries(values)) {
      const sql = held(value, from);
      const fails = expected?.startsWith('!') ?? false;
      assert.equal(await evaluate(connection, emitText(emitCast(sql, from, to), to)), expected, value);
      const tried = emitText(emitCast(sql, from, to, { safe: true }), to);
      assert.equal(await evaluate(connection, tried), fails ? null : expected, `TRY_CAST ${value}`);
    }
    const nothing = emitText(emitCast(`CAST(NULL AS VARCHAR)`, { kind: 'unknown' }, to), to);
    assert.equal(await evaluate(connection, nothing), null);
  });
}
