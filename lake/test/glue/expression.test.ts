import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { type Expression, ExpressionError, parseExpression } from '../../src/glue/expression.ts';
import { partitionFilter } from '../../src/glue/filter.ts';
import { WireError } from '../../src/wire/json-service.ts';

interface Case {
  readonly expression: string;
  readonly rows?: readonly string[];
  readonly error?: string;
  readonly message?: string;
}

const table = parse(readFileSync(new URL('./expression.cases.yaml', import.meta.url), 'utf8')) as {
  readonly keys: readonly { readonly name: string; readonly type: string }[];
  readonly partitions: readonly (readonly string[])[];
  readonly cases: readonly Case[];
};
const KEYS = table.keys.map((key) => ({ Name: key.name, Type: key.type }));

describe('GetPartitions expressions', () => {
  for (const { expression, rows, error, message } of table.cases) {
    it(expression, () => {
      // As GetPartitions has it: an expression of blanks alone is none.
      const filter = () => (expression.trim() ? partitionFilter(expression, KEYS) : () => true);
      if (error === undefined) {
        assert.deepEqual(
          table.partitions.filter(filter()).map((values) => values[0]),
          rows,
        );
        return;
      }
      assert.throws(filter, (thrown) => {
        assert.ok(thrown instanceof WireError);
        assert.equal(thrown.code, error);
        assert.ok(thrown.message.includes(message ?? ''), thrown.message);
        return true;
      });
    });
  }

  it('a stored value that is none of its type is an InvalidStateException', () => {
    const filter = partitionFilter('y > 1', KEYS);
    assert.throws(() => filter(['a', 'abc']), { code: 'InvalidStateException', message: '"abc" is not an integer.' });
  });

  it('a pattern made to be slow is not', () => {
    const filter = partitionFilter(`id like '${'%a'.repeat(400)}b'`, KEYS);
    const begun = process.cpuUsage();
    assert.equal(filter(['a'.repeat(1024)]), false);
    assert.ok(process.cpuUsage(begun).user < 500_000);
  });
});

const COLUMN = fc.constantFrom('p', 'q', 'weird name', 'and');
const TEXT = fc.string({ maxLength: 4 });

const EXPRESSION: fc.Arbitrary<Expression> = fc.letrec<{ any: Expression }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 5 },
    fc.record({
      kind: fc.constant('compare' as const),
      column: COLUMN,
      operator: fc.constantFrom('=', '<>', '<', '<=', '>', '>='),
      literal: TEXT,
    }),
    fc.record({
      kind: fc.constant('in' as const),
      column: COLUMN,
      literals: fc.array(TEXT, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('between' as const), column: COLUMN, low: TEXT, high: TEXT }),
    fc.record({ kind: fc.constant('null' as const), column: COLUMN }),
    fc.record({ kind: fc.constant('not' as const), inner: tie('any') }),
    fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), left: tie('any'), right: tie('any') }),
  ),
})).any;

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;

function print(expression: Expression): string {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return `(${print(expression.left)}) ${expression.kind.toUpperCase()} (${print(expression.right)})`;
    case 'not':
      return `NOT (${print(expression.inner)})`;
    case 'compare':
      return `"${expression.column}" ${expression.operator} ${quote(expression.literal)}`;
    case 'in':
      return `"${expression.column}" in (${expression.literals.map(quote).join(',')})`;
    case 'between':
      return `\`${expression.column}\` BETWEEN ${quote(expression.low)} and ${quote(expression.high)}`;
    case 'null':
      return `"${expression.column}" IS NULL`;
    case 'like':
      return `"${expression.column}" LIKE ${quote(expression.pattern)}`;
  }
}

describe('properties of the expression parser', () => {
  it('reads back what is printed', () => {
    fc.assert(
      fc.property(EXPRESSION, (expression) =>
        assert.deepEqual(parseExpression(print(expression)), JSON.parse(JSON.stringify(expression))),
      ),
    );
  });

  it('AND binds tighter than OR, NOT tightest, with no parentheses', () => {
    const truth = fc.array(fc.boolean(), { minLength: 3, maxLength: 3 });
    const words = fc.tuple(
      fc.constantFrom('and', 'or'),
      fc.constantFrom('and', 'or'),
      fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    );
    const keys = ['a', 'b', 'c'].map((Name) => ({ Name, Type: 'string' }));
    fc.assert(
      fc.property(truth, words, ([a, b, c], [first, second, nots]) => {
        const spell = (name: string, index: number) => `${nots[index] ? 'not ' : ''}${name} = 'yes'`;
        const text = `${spell('a', 0)} ${first} ${spell('b', 1)} ${second} ${spell('c', 2)}`;
        const [x, y, z] = [a, b, c].map((value, index) => (nots[index] ? !value : value));
        const expected =
          first === 'and'
            ? second === 'and'
              ? x && y && z
              : (x && y) || z
            : second === 'and'
              ? x || (y && z)
              : x || y || z;
        const values = [a, b, c].map((value) => (value ? 'yes' : 'no'));
        assert.equal(partitionFilter(text, keys)(values), expected, text);
      }),
    );
  });

  it('any other text is refused by name, never by a crash', () => {
    const soup = fc.array(
      fc.constantFrom(
        'a',
        "'x'",
        '1',
        '=',
        '<',
        '(',
        ')',
        ',',
        'and',
        'or',
        'not',
        'in',
        'between',
        'like',
        'is',
        'null',
        ' ',
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          soup.map((parts) => parts.join(' ')),
        ),
        (text) => {
          try {
            parseExpression(text);
          } catch (error) {
            assert.ok(error instanceof ExpressionError, String(error));
          }
        },
      ),
    );
    assert.throws(() => parseExpression('('.repeat(2000)), ExpressionError);
    assert.throws(() => parseExpression(`${'not '.repeat(2000)}a = 'x'`), ExpressionError);
  });
});
