import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileQuery } from '../../../src/sql/index.ts';
import { parseStatement } from '../../../src/sql/parse/statements.ts';

const nested = (open: string, depth: number) => `SELECT ${open.repeat(depth)}1${')'.repeat(depth)}`;

describe('nesting', () => {
  // ANTLR's own look at these took twice as long a level: 20 of them stopped the whole server for good.
  for (const open of ['(SELECT ', 'abs((SELECT ', '(SELECT a FROM t WHERE b = '])
    it(`of ${open} costs no time that doubles`, () => {
      const begun = process.cpuUsage();
      const sql = `SELECT ${open.repeat(30)}1${')'.repeat(30 * (open.split('(').length - 1))}`;
      assert.equal(parseStatement(sql).kind, 'query');
      const { user } = process.cpuUsage(begun);
      assert.ok(user < 20e6, `${user / 1e6} s`);
    });

  it('of lambdas reads each body once', () => {
    const sql = `SELECT ${'transform(ARRAY[1], x -> '.repeat(40)}1${')'.repeat(40)}`;
    const statement = parseStatement(sql);
    assert.equal(statement.kind, 'query');
    const options = { relations: { find: () => undefined }, defaultDatabase: 'd', parameters: [] };
    if (statement.kind === 'query') assert.equal(compileQuery(statement.query, options).columns.length, 1);
  });

  it('deeper than anybody writes is refused at once, as a stack that is full', () => {
    for (const open of ['(', 'abs(', 'coalesce(1, '])
      assert.throws(() => parseStatement(nested(open, 2000)), { code: 'STACK_OVERFLOW' });
    assert.throws(() => parseStatement(`SELECT ${'('.repeat(100_000)}`), { code: 'STACK_OVERFLOW' });
    assert.equal(parseStatement(nested('(', 100)).kind, 'query');
    assert.equal(parseStatement(`SELECT '${'('.repeat(1000)}'`).kind, 'query');
  });
});
