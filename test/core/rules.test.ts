import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { isMap, isSeq, type Node, parse, parseDocument } from 'yaml';
import { readPipeline } from '../../scripts/adapters/files.ts';
import { loadDefinitions, type SourceFile } from '../../scripts/core/define/index.ts';
import { type Compiled, contextOf, judge, RULES } from '../../scripts/core/rules/index.ts';

/** The day on which the cases ask. */
const TODAY = '2025-03-01';
const HOME = 'test/cases/validate';

/** A change of the clean definitions under base/; paths are below pipeline/. */
interface Change {
  readonly edits?: readonly (readonly [path: string, find: string, put: string])[];
  readonly add?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
  /** A file that is filled up beyond every limit. */
  readonly big?: string;
  /** What the engine says; without it the SELECTs are not compiled. */
  readonly compiled?: Readonly<Record<string, Compiled>>;
}

interface Case {
  readonly rule: string;
  readonly hit: Change & { readonly findings?: readonly string[] };
  readonly clean?: Change;
}

/** Rules that the file reader or the lake itself decides; adapters/files.test.ts and commands/validate.test.ts hold them. */
const ELSEWHERE = ['file-too-big', 'not-utf8', 'link', 'empty-folder'];

let base: readonly SourceFile[] = [];
before(async () => {
  base = (await readPipeline(join(HOME, 'base'))).files;
});

function changed({ edits = [], add = {}, remove = [], big }: Change): readonly SourceFile[] {
  const files = new Map(base.map(({ path, text }) => [path.slice('pipeline/'.length), text]));
  for (const path of remove) {
    assert.ok(files.delete(path), `the case removes ${path}, which is not there`);
  }
  for (const [path, find, put] of edits) {
    const text = files.get(path) ?? '';
    assert.ok(text.includes(find), `the case edits what is not in ${path}: ${find}`);
    files.set(
      path,
      text.replace(find, () => put),
    );
  }
  for (const [path, text] of Object.entries(add)) files.set(path, text);
  if (big !== undefined) {
    const filler = big.endsWith('.sql') ? `${'-- filler\n'.repeat(30_000)}` : '- [a, b, c, d]\n'.repeat(20_000);
    files.set(big, `${files.get(big) ?? ''}${filler}`);
  }
  return [...files].map(([path, text]) => ({ path: `pipeline/${path}`, text }));
}

function findingsOf(change: Change): readonly string[] {
  const compiled = change.compiled && new Map(Object.entries(change.compiled));
  const context = contextOf(loadDefinitions(changed(change)), TODAY, compiled);
  return judge(context).map(({ place, rule, message, cure }) => {
    assert.ok(message.length > 0 && cure.length > 0, `${rule} says what and how to put it right`);
    return `${place.path.slice('pipeline/'.length)}:${place.line}:${place.column} ${rule} ${message}`;
  });
}

const caseFiles = readdirSync(HOME).filter((name) => name.endsWith('.yaml'));
const cases = caseFiles.flatMap((name) => parse(readFileSync(join(HOME, name), 'utf8')) as Case[]);

test('the base of the cases is clean', () => {
  assert.deepEqual(findingsOf({}), []);
});

describe('validate cases', () => {
  for (const [index, { rule, hit, clean }] of cases.entries()) {
    test(`${rule} (${index + 1})`, () => {
      const found = findingsOf(hit);
      assert.ok(
        found.some((line) => line.includes(` ${rule} `)),
        `${rule} is not among ${JSON.stringify(found)}`,
      );
      if (!process.env.UPDATE_GOLDEN) assert.deepEqual(found, hit.findings);
      if (clean !== undefined) assert.deepEqual(findingsOf(clean), [], 'the near miss is clean');
    });
  }
});

test('every rule has a case that it hits and one that it leaves alone', () => {
  const hit = new Set([...cases.map((each) => each.rule), ...ELSEWHERE]);
  assert.deepEqual(
    RULES.map(({ id }) => id).filter((id) => !hit.has(id)),
    [],
  );
  const clean = new Set([...cases.filter((each) => each.clean !== undefined).map((each) => each.rule), ...ELSEWHERE]);
  assert.deepEqual(
    RULES.map(({ id }) => id).filter((id) => !clean.has(id)),
    [],
  );
  assert.ok(RULES.length >= 40);
});

test('rules are called kebab-case, and each once', () => {
  const ids = RULES.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
});

if (process.env.UPDATE_GOLDEN) {
  test('write the findings into the cases', () => {
    for (const name of caseFiles) {
      const document = parseDocument<Node, false>(readFileSync(join(HOME, name), 'utf8'));
      if (!isSeq(document.contents)) continue;
      for (const item of document.contents.items) {
        if (!isMap(item)) continue;
        const hit = item.get('hit');
        if (!isMap(hit)) continue;
        hit.delete('findings');
        const findings = document.createNode(findingsOf(parse(String(hit)) as Change));
        hit.flow = false;
        hit.set('findings', findings as never);
      }
      writeFileSync(join(HOME, name), document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: 10_000 }));
    }
  });
}
