import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { readPipeline } from '../../scripts/adapters/files.ts';
import { readDefinitions, readSound, requireSound, unsoundLines } from '../../scripts/commands/definitions.ts';
import { unsoundOutcomes } from '../../scripts/commands/load/unsound.ts';
import type { Pipeline, SourceFile } from '../../scripts/core/define/index.ts';
import { UserError } from '../../scripts/core/model/exit.ts';

let base: readonly SourceFile[] = [];
before(async () => {
  base = (await readPipeline('test/cases/validate/base')).files;
});

function changed(path: string, find: string, put: string): Pipeline {
  const files = base.map((file) => (file.path === path ? { path, text: file.text.replace(find, () => put) } : file));
  return { files, findings: [] };
}

const read = (path: string, find: string, put: string): ReturnType<typeof readDefinitions> =>
  readDefinitions(changed(path, find, put));

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

describe('a verb that works on single tables goes on with what is sound', () => {
  const names = (list: readonly { database: string; name: string }[]): string =>
    list.map(({ database, name }) => `${database}.${name}`).join(' ');
  const cases: readonly {
    readonly fault: readonly [path: string, find: string, put: string];
    readonly sound: string;
    readonly loadable: string;
    readonly failed: string;
    readonly blocked: string;
  }[] = [
    {
      fault: [ORDERS, 'owner: shop', 'owner: ['],
      sound: 'shop_landing.orders shop_landing.products shop_main.products',
      loadable: 'shop_landing.orders shop_landing.products shop_main.products',
      failed: 'shop_main.orders',
      blocked: '',
    },
    {
      fault: ['pipeline/tables/shop_landing/orders/table.yaml', 'type: string', 'type: sting'],
      sound: 'shop_landing.products shop_main.orders shop_main.products',
      loadable: 'shop_landing.products shop_main.products',
      failed: '',
      blocked: 'shop_main.orders',
    },
    {
      fault: ['pipeline/tables/shop_main/products/table.yaml', 'path: shop/products/', 'path: shop/orders/x/'],
      sound: 'shop_landing.orders shop_landing.products',
      loadable: 'shop_landing.orders shop_landing.products',
      failed: 'shop_main.orders shop_main.products',
      blocked: '',
    },
    {
      fault: ['pipeline/queries/best-tags.sql', 'FROM', 'FRO'],
      sound: 'shop_landing.orders shop_landing.products shop_main.orders shop_main.products',
      loadable: 'shop_landing.orders shop_landing.products shop_main.orders shop_main.products',
      failed: '',
      blocked: '',
    },
  ];
  for (const { fault, ...expected } of cases) {
    test(`${fault[0]}: ${fault[2]}`, () => {
      const found = readSound(changed(...fault));
      const outcomes = unsoundOutcomes(found);
      const inState = (state: string): string =>
        outcomes
          .flatMap((each) => (each.state === state ? [each.table] : []))
          .toSorted()
          .join(' ');
      const { sound, loadable } = found;
      assert.deepEqual(
        {
          sound: names(sound.tables),
          loadable: names(loadable.tables),
          failed: inState('failed'),
          blocked: inState('blocked'),
        },
        expected,
      );
      assert.match(unsoundLines(found).join('\n'), /^warning: pipeline\//);
    });
  }

  test('and refuses what was named', () => {
    const broken = readSound(changed('pipeline/tables/shop_landing/orders/table.yaml', 'type: string', 'type: sting'));
    assert.throws(() => requireSound(broken, ['shop_landing.orders'], 'look'), /column-type/);
    assert.throws(
      () => requireSound(broken, ['shop_main.orders'], 'load'),
      /reads shop_landing.orders, whose definition/,
    );
    requireSound(broken, ['shop_main.orders'], 'look');
    requireSound(broken, ['products'], 'load');
    const query = readSound(changed('pipeline/queries/best-tags.sql', 'FROM', 'FRO'));
    assert.throws(() => requireSound(query, ['best-tags'], 'ask'), /sql-syntax/);
  });

  test('but not where lake.yaml is at fault', () => {
    assert.throws(() => readSound(changed('pipeline/lake.yaml', 'timezone', 'timezoneless')), /unknown-key/);
  });
});
