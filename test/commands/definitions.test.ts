import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { readPipeline } from '../../scripts/adapters/files.ts';
import { readDefinitions } from '../../scripts/commands/definitions.ts';
import type { SourceFile } from '../../scripts/core/define/index.ts';
import { UserError } from '../../scripts/core/model/exit.ts';

let base: readonly SourceFile[] = [];
before(async () => {
  base = (await readPipeline('test/cases/validate/base')).files;
});

function read(path: string, find: string, put: string): ReturnType<typeof readDefinitions> {
  const files = base.map((file) => (file.path === path ? { path, text: file.text.replace(find, () => put) } : file));
  return readDefinitions({ files, findings: [] });
}

const ORDERS = 'pipeline/tables/shop_main/orders/table.yaml';

describe('a verb reads definitions', () => {
  test('and works on clean ones', () => {
    assert.equal(read(ORDERS, '', '').tables.length, 4);
  });

  test('whatever they look like, and whenever a permission ends', () => {
    assert.equal(read(ORDERS, 'owner: shop', 'owner:   shop').tables.length, 4);
    assert.equal(read('pipeline/allow.yaml', '2025-03-31', '2020-01-01').allowances.length, 1);
  });

  const refused: readonly (readonly [what: string, find: string, put: string, rule: string])[] = [
    ['a broken file', 'owner: shop', 'owner: [', 'yaml-syntax'],
    ['a name that is none', 'name: note', 'name: "no`te"', 'column-name'],
    ['a path out of its bucket', 'path: shop/orders/', 'path: shop/../orders/', 'location-path'],
  ];
  for (const [what, find, put, rule] of refused) {
    test(`and refuses ${what}, told with its place and the way to all`, () => {
      assert.throws(
        () => read(ORDERS, find, put),
        (error) =>
          error instanceof UserError && error.message.includes(` ${rule} `) && /npm run validate/.test(error.cure),
      );
    });
  }
});
