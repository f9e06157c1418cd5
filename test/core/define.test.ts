import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadDefinitions } from '../../scripts/core/define/index.ts';
import { normalType, readType } from '../../scripts/core/define/types.ts';
import { contextOf, judge } from '../../scripts/core/rules/index.ts';
import { sameType } from '../../scripts/core/rules/trino-types.ts';

/** More than a definition takes, and yet it must be told at once: a finding, no exception, no minute of work. */
const HOSTILE: Readonly<Record<string, string>> = {
  'aliases that double': `a: &a [x,x]\n${'bcdefghijklmnopqrstuvwxyz'
    .split('')
    .map((key, index) => `${key}: &${key} [${`*${'abcdefghijklmnopqrstuvwxyz'[index]},`.repeat(9)}]`)
    .join('\n')}`,
  'aliases to one anchor': `a: &a [1]\nb:\n${' - *a\n'.repeat(5_000)}`,
  'an alias to itself': 'a: &a [*a]',
  'deep lists': '['.repeat(500_000),
  'deep maps': '{a: '.repeat(200_000),
  'deep blocks': Array.from({ length: 1_300 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
  'deep dashes': '- '.repeat(20_000),
  'deep questions': '? '.repeat(20_000),
  'many keys': Array.from({ length: 9_000 }, (_, index) => `k${index}: 1\n`).join(''),
  'many same keys': 'k: 1\n'.repeat(9_000),
  'ten megabytes': 'a: b\n'.repeat(2_000_000),
  'one long word': 'x'.repeat(999_999),
  'quotes without end': `a: "${'x\n'.repeat(400_000)}`,
  commas: `[${','.repeat(59_000)}`,
  'many documents': '---\n'.repeat(200_000),
  'many directives': '%a b\n'.repeat(15_000),
  'many tags': '!a '.repeat(15_000),
  'many anchors': '&a '.repeat(15_000),
  'NUL bytes': '\0'.repeat(100_000),
  'a byte order mark': '\uFEFFa: 1',
  tabs: `a:\n${'\t- b\n'.repeat(5_000)}`,
  'a number key': '1: 2\ntrue: 3\nnull: 4\n~: 5',
  'a map key': '{a: 1}: 2',
  'only a comment': '# nothing',
  nothing: '',
  'a lone surrogate': 'a: \ud800',
  'prototype keys': '__proto__: { a: 1 }\nconstructor: { prototype: { b: 1 } }\ntoString: 1\nhasOwnProperty: 2',
  'a list of lists': '- - - a',
  text: 'just text',
  'a set': '!!set {a, b}',
  binary: 'a: !!binary aGVsbG8=',
  'python object': 'a: !!python/object/apply:os.system ["true"]',
  'merge bomb': `a: &a {x: 1}\nb:\n${'  <<: *a\n'.repeat(5_000)}`,
};

/** Time of the processor, not of the clock: other work on the machine is no fault of the reader. */
function milliseconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

describe('hostile YAML is a finding, soon', () => {
  const paths = ['lake.yaml', 'allow.yaml', 'tables/a/b/table.yaml', 'views/a/b/view.yaml'];
  for (const [index, [name, text]] of Object.entries(HOSTILE).entries()) {
    // What is large is read once; what is small stands in for every kind of file.
    for (const path of text.length > 10_000 ? [paths[index % paths.length]!] : paths) {
      test(`${name} in ${path}`, () => {
        let reading = loadDefinitions([]);
        const took = milliseconds(() => {
          reading = loadDefinitions([{ path: `pipeline/${path}`, text }]);
        });
        const { findings, definitions } = reading;
        assert.ok(took < 1_000, `${name} took ${took} ms`);
        const own = findings.filter((finding) => finding.place.path === `pipeline/${path}`);
        assert.ok(own.length > 0, 'it is told');
        assert.ok(own.length <= 200, `${own.length} findings are more than anybody reads`);
        for (const { place } of own) assert.ok(place.line >= 1 && place.column >= 1);
        assert.equal(Object.hasOwn(Object.prototype, 'a'), false);
        assert.equal(Object.getPrototypeOf(definitions.lake.databases), Object.prototype);
      });
    }
  }
});

describe('hostile SQL is a finding, soon', () => {
  const texts: Readonly<Record<string, string>> = {
    'open brackets': `SELECT ${'('.repeat(250_000)}`,
    'a chain of NOT': `SELECT ${'NOT '.repeat(20_000)}TRUE AS x`,
    'a string without end': `SELECT '${'a'.repeat(250_000)}`,
    'a comment without end': `/*${'*'.repeat(250_000)}`,
    quotes: "'".repeat(250_000),
    symbols: '@#$%^&'.repeat(4_000),
    parameters: ':from'.repeat(2_000),
    semicolons: ';'.repeat(20_000),
    'a NUL byte': 'SELECT \0',
    'an open emoji': 'SELECT 1 AS "💩',
  };
  for (const [name, sql] of Object.entries(texts)) {
    test(name, () => {
      const path = 'pipeline/queries/q.sql';
      let findings = judge(contextOf(loadDefinitions([]), '2025-01-01'));
      const took = milliseconds(() => {
        findings = judge(contextOf(loadDefinitions([{ path, text: `-- q\n${sql}` }]), '2025-01-01'));
      });
      assert.ok(took < 3_000, `${name} took ${took} ms`);
      const own = findings.filter((finding) => finding.place.path === path);
      assert.ok(own.length > 0 && own.length < 100, `${own.length} findings`);
      for (const { message } of own) assert.ok(message.length <= 403);
    });
  }
});

describe('types', () => {
  const spelled: Readonly<Record<string, string>> = {
    int: 'int',
    INTEGER: 'int',
    'DECIMAL( 10 , 2 )': 'decimal(10,2)',
    decimal: 'decimal(10,0)',
    'decimal(5)': 'decimal(5,0)',
    'array< struct< a : int , b : map<string, double> > >': 'array<struct<a:int,b:map<string,double>>>',
    'struct<Name:string>': 'struct<name:string>',
    'varchar(20)': 'varchar(20)',
    varchar: 'string',
  };
  for (const [written, right] of Object.entries(spelled)) {
    test(`${written} is ${right}`, () => assert.equal(normalType(written), right));
  }
  const broken = ['', 'strin', 'array<', 'array<int>>', 'map<int>', 'struct<>', 'struct<a>', 'decimal(0,0)', 'char'];
  for (const text of [...broken, 'map<array<int>,int>', 'struct<a:int,A:int>', 'int;', `${'array<'.repeat(50)}int`]) {
    test(`${JSON.stringify(text.slice(0, 30))} is no type`, () => assert.ok('fault' in readType(text)));
  }

  const same: readonly (readonly ['table' | 'view', string, string, boolean])[] = [
    ['table', 'string', 'varchar(7)', true],
    ['table', 'int', 'integer', true],
    ['table', 'int', 'bigint', false],
    ['table', 'timestamp', 'timestamp(3)', true],
    ['table', 'timestamp', 'timestamp(3) with time zone', false],
    ['table', 'float', 'real', true],
    ['table', 'binary', 'varbinary', true],
    ['table', 'decimal(10,2)', 'decimal(10,3)', false],
    ['table', 'array<struct<a:int,b:string>>', 'array(row(a integer, b varchar))', true],
    ['table', 'array<struct<a:int,b:string>>', 'array(row("a" integer, "c" varchar))', false],
    ['table', 'map<string,double>', 'map(varchar, double)', true],
    ['view', 'varchar', 'varchar', true],
    ['view', 'integer', 'bigint', false],
    ['view', 'decimal(38,2)', 'decimal(38, 2)', true],
  ];
  for (const [owner, declared, given, answer] of same) {
    test(`${owner}: ${declared} ${answer ? 'takes' : 'refuses'} ${given}`, () => {
      assert.equal(sameType(owner, declared, given), answer);
    });
  }
});
