import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readPipeline } from '../../scripts/adapters/files.ts';
import { loadDefinitions } from '../../scripts/core/define/index.ts';
import { contextOf, judge } from '../../scripts/core/rules/index.ts';
import { malformed } from './malformed-yaml.ts';

// Files that are no definitions: each is told, within a second, and never by a stack trace. Links are told and not followed.
// WEIR_MALFORMED=all reads them all; `npm test` a part.

const STEP = process.env.WEIR_MALFORMED === 'all' ? 1 : 9;

const HOME = 'test/cases/validate/base';
const FILES = [
  'pipeline/lake.yaml',
  'pipeline/allow.yaml',
  'pipeline/tables/shop_main/orders/table.yaml',
  'pipeline/views/shop_views/sales/view.yaml',
  'pipeline/backfills/again.yaml',
];

const BACKFILL = `tables: [shop_main.orders]
from: "2024-01-01"
to: "2024-01-31"
except: ["2024-01-06"]
reason: a file was late
opened: "2024-02-01"
status: open
`;

let dir = '';
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'weir malformed '));
  await cp(HOME, dir, { recursive: true });
  await mkdir(join(dir, 'pipeline/backfills'));
  await writeFile(join(dir, 'pipeline/backfills/again.yaml'), BACKFILL);
  // What loading the grammar costs is no file's.
  assert.deepEqual(await findings(), []);
});
after(() => rm(dir, { recursive: true }));

async function findings() {
  const pipeline = await readPipeline(dir);
  const reading = loadDefinitions(pipeline.files);
  return judge(contextOf({ ...reading, findings: [...pipeline.findings, ...reading.findings] }, '2025-03-01'));
}

describe('malformed YAML', () => {
  for (const [index, path] of FILES.entries()) {
    test(path, async (context) => {
      const text = await readFile(join(dir, path), 'utf8');
      const all = malformed(text);
      const cases = all.filter((_, at) => at % STEP === index % STEP);
      for (const { name, bytes } of cases) {
        await writeFile(join(dir, path), bytes);
        const start = process.cpuUsage();
        const found = await findings();
        const { user, system } = process.cpuUsage(start);
        // Time of the processor: other work on the machine is no fault of the reader.
        assert.ok((user + system) / 1_000 < 1_000, `${name} took ${(user + system) / 1_000} ms`);
        const own = found.filter((finding) => finding.place.path === path);
        assert.ok(own.length > 0 && own.length < 200, `${name}: ${own.length} findings`);
        for (const { place, message, cure } of own) {
          assert.ok(place.line >= 1 && place.column >= 1, name);
          assert.ok(message.length > 0 && message.length < 500 && cure.length > 0, `${name}: ${message.slice(0, 600)}`);
          assert.doesNotMatch(message, /\bat .*\.[tj]s:\d+|\n/, name);
        }
        assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false, name);
      }
      await writeFile(join(dir, path), text);
      context.diagnostic(`${cases.length} of ${all.length} files`);
      assert.ok(all.length >= 100, `${all.length} files`);
    });
  }

  test('the base itself is clean', async () => assert.deepEqual(await findings(), []));
});

describe('what leads out of the repository', () => {
  const outside = 'a secret of the host\n';
  const LINKED = [
    ...[
      'pipeline/lake.yaml',
      'pipeline/allow.yaml',
      'pipeline/queries',
      'pipeline/queries/best-tags.sql',
      'pipeline/tables',
    ],
    ...['pipeline/tables/shop_main', 'pipeline/tables/shop_main/orders', 'pipeline/tables/shop_main/orders/load.sql'],
    ...['pipeline/tables/shop_main/orders/checks', 'pipeline/tables/shop_main/orders/checks/no_free_orders.sql'],
    ...['pipeline/views/shop_views/sales/view.sql', 'pipeline/views'],
  ];

  for (const path of LINKED) {
    test(`${path} as a link`, async () => {
      const away = join(dir, 'away');
      await rename(join(dir, path), away);
      try {
        for (const target of [
          away,
          join(dir, 'secret.sql'),
          '/',
          '/etc/passwd',
          '../../../..',
          path.split('/').at(-1)!,
        ]) {
          await writeFile(join(dir, 'secret.sql'), outside);
          await symlink(target, join(dir, path));
          const { files, findings: told } = await readPipeline(dir);
          assert.deepEqual(
            told.map(({ place, rule }) => `${place.path} ${rule}`),
            [`${path} link`],
          );
          assert.ok(
            files.every((file) => !file.path.startsWith(path) && !file.text.includes(outside)),
            target,
          );
          await rm(join(dir, path));
        }
      } finally {
        await rename(away, join(dir, path));
      }
    });
  }

  test('a pipe is not waited for', async () => {
    execFileSync('mkfifo', [join(dir, 'pipeline/queries/pipe.sql')]);
    const { findings: told } = await readPipeline(dir);
    assert.deepEqual(
      told.map(({ place, rule }) => `${place.path} ${rule}`),
      ['pipeline/queries/pipe.sql link'],
    );
    await rm(join(dir, 'pipeline/queries/pipe.sql'));
  });
});
