import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isMap, isSeq, type Node, parse, parseDocument } from 'yaml';
import { readPipeline } from '../../scripts/adapters/files.ts';
import { compile, type OpenLake, openLake } from '../../scripts/adapters/lake.ts';
import { validate } from '../../scripts/commands/validate.ts';
import type { SourceFile } from '../../scripts/core/define/index.ts';

/** SELECTs compiled by the local lake itself, over the wire. */
interface Case {
  readonly name: string;
  readonly edit: readonly [path: string, find: string, put: string];
  readonly findings?: readonly string[];
}

const CASES = 'test/cases/compile/cases.yaml';
const cases = parse(await readFile(CASES, 'utf8')) as readonly Case[];

let dir = '';
let lake: OpenLake | undefined;
let base: readonly SourceFile[] = [];
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'weir compile '));
  lake = await openLake({ dir });
  base = (await readPipeline('test/cases/validate/base')).files;
});
after(async () => {
  await lake?.stop();
  await rm(dir, { recursive: true });
});

async function findingsOf(files: readonly SourceFile[]): Promise<readonly string[]> {
  const url = lake?.url;
  assert.ok(url !== undefined, 'the local lake is a dev dependency of these tests');
  const ports = {
    read: async () => ({ files, findings: [] }),
    write: async () => assert.fail('nothing is to be written'),
    compiler: async () => (request: Parameters<typeof compile>[1]) => compile(url, request),
  };
  const { findings, compiled } = await validate(ports, { today: '2025-03-01', fix: false });
  assert.ok((compiled ?? 0) > 0);
  return findings
    .filter(({ rule }) => rule !== 'sql-format' && rule !== 'yaml-format')
    .map(
      ({ place, rule, message }) =>
        `${place.path.slice('pipeline/'.length)}:${place.line}:${place.column} ${rule} ${message}`,
    );
}

function edited([path, find, put]: Case['edit']): readonly SourceFile[] {
  return base.map((file) => {
    if (file.path !== `pipeline/${path}`) return file;
    assert.ok(file.text.includes(find), `${path} has no ${find}`);
    return { ...file, text: file.text.replace(find, () => put) };
  });
}

describe('SELECTs on an empty lake', () => {
  test('clean definitions compile', async () => assert.deepEqual(await findingsOf(base), []));

  test('the definitions of this repository compile', async () => {
    assert.deepEqual(await findingsOf((await readPipeline('.')).files), []);
  });

  test('the examples of docs/formats.md compile', async () => {
    const page = await readFile('docs/formats.md', 'utf8');
    const blocks = [...page.matchAll(/^```(?:yaml|sql) (pipeline\/\S+)\n([\s\S]*?)^```$/gm)];
    assert.deepEqual(await findingsOf(blocks.map(([, path, text]) => ({ path: path!, text: text! }))), []);
  });

  test('a load with rejects is compiled as it is run', async () => {
    const yaml = 'pipeline/tables/shop_main/products/table.yaml';
    const sql = 'pipeline/tables/shop_main/products/load.sql';
    const files = (text: (before: string) => string): readonly SourceFile[] =>
      base.map((file) => {
        if (file.path === yaml)
          return { ...file, text: file.text.replace('replace }', 'replace, rejects: { max_rows: 1 } }') };
        return file.path === sql ? { ...file, text: text(file.text) } : file;
      });
    assert.deepEqual(await findingsOf(files((text) => text)), []);
    const whole = (text: string): string =>
      text.replace('product_id,', 'MAX(product_id) AS product_id,').replace('tags[1].name AS', 'MAX(tags[1].name) AS');
    const found = await findingsOf(files(whole));
    assert.equal(found.length, 1);
    assert.match(found[0]!, /load\.sql:1:1 load-rejects with the columns that rejects add, load\.sql is refused: /);
  });

  const found: (readonly string[])[] = [];
  for (const { name, edit, findings } of cases) {
    test(name, async () => {
      const told = await findingsOf(edited(edit));
      found.push(told);
      assert.ok(told.length > 0);
      if (!process.env.UPDATE_GOLDEN) assert.deepEqual(told, findings);
    });
  }

  if (process.env.UPDATE_GOLDEN) {
    test('write the findings', async () => {
      const document = parseDocument<Node, false>(await readFile(CASES, 'utf8'));
      if (!isSeq(document.contents)) return;
      for (const [index, item] of document.contents.items.entries()) {
        if (isMap(item)) item.set('findings', document.createNode(found[index]) as never);
      }
      await writeFile(CASES, document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: 10_000 }));
    });
  }
});
