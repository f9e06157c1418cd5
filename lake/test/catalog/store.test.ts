import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { GluePartitionInput } from '../../src/catalog/catalog.ts';
import { createCatalog } from '../../src/catalog/store.ts';

async function inFolder(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'weir-catalog-'));
  try {
    await work(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const open = (dir: string) => createCatalog(dir, { account: '000000000000' });

const COLUMNS = Array.from({ length: 20 }, (_, index) => ({ Name: `column_${index}`, Type: 'string' }));

function partition(number: number, parameters: Record<string, string> = {}): GluePartitionInput {
  const day = String(number).padStart(6, '0');
  return {
    Values: [day],
    StorageDescriptor: { Columns: COLUMNS, Location: `s3://b/t/day=${day}/`, SerdeInfo: { Parameters: {} } },
    Parameters: parameters,
  };
}

const batches = (count: number) =>
  Array.from({ length: count / 100 }, (_, batch) => Array.from({ length: 100 }, (_, i) => partition(batch * 100 + i)));

describe('catalog store', () => {
  it('gives one list of partition values until one of them changes', () =>
    inFolder(async (dir) => {
      const catalog = await open(dir);
      await catalog.createDatabase({ Name: 'd' });
      await catalog.createTable('d', { Name: 't', PartitionKeys: [{ Name: 'day' }] });
      await catalog.createPartitions('d', 't', [partition(2), partition(1)]);
      const before = catalog.partitionValues('d', 't');
      assert.deepEqual(before, [['000001'], ['000002']]);
      assert.equal(catalog.partitionValues('d', 't'), before);
      await catalog.deletePartitions('d', 't', [['000001']]);
      assert.deepEqual(catalog.partitionValues('d', 't'), [['000002']]);
      assert.equal(before.length, 2);
      await catalog.close();
    }));

  it('keeps databases, tables, partitions, versions, indexes, statistics and tags over a restart', () =>
    inFolder(async (dir) => {
      const first = await open(dir);
      await first.createDatabase({ Name: 'Shop', Description: 'd' });
      await first.createTable('SHOP', { Name: 'Sales', PartitionKeys: [{ Name: 'day', Type: 'string' }] });
      await first.updateTable('shop', { Name: 'sales', Owner: 'o', PartitionKeys: [{ Name: 'day' }] });
      await first.createPartitions('shop', 'sales', [partition(2, { a: '1' }), partition(1)]);
      await first.updatePartition('shop', 'sales', ['000002'], partition(2, { a: '2' }));
      await first.setPartitionIndexes('shop', 'sales', [{ IndexName: 'i', Keys: ['day'] }]);
      const statistics = { ColumnName: 'c', ColumnType: 'int', AnalyzedTime: 1, StatisticsData: { Type: 'LONG' } };
      await first.putColumnStatistics('shop', 'sales', ['000001'], [statistics]);
      await first.setTags('arn:x', { k: 'v' });
      await first.close();

      const second = await open(dir);
      assert.deepEqual(
        second.databases().map((database) => database.Name),
        ['default', 'shop'],
      );
      assert.equal(second.table('shop', 'SALES')?.Owner, 'o');
      assert.deepEqual(
        second.tableVersions('shop', 'sales').map((version) => [version.VersionId, version.Owner]),
        [
          ['1', 'o'],
          ['0', undefined],
        ],
      );
      assert.deepEqual(
        [...second.partitions('shop', 'sales')].map((each) => [each.Values[0], each.Parameters]),
        [
          ['000001', {}],
          ['000002', { a: '2' }],
        ],
      );
      assert.deepEqual(
        second.partition('shop', 'sales', ['000001'])?.StorageDescriptor,
        partition(1).StorageDescriptor,
      );
      assert.deepEqual(second.partitionIndexes('shop', 'sales'), [{ IndexName: 'i', Keys: ['day'] }]);
      assert.deepEqual([...second.columnStatistics('shop', 'sales', ['000001']).values()], [statistics]);
      assert.deepEqual(second.tags('arn:x'), { k: 'v' });
      await second.close();
    }));

  it('drops partitions with their table, also when the table is made anew', () =>
    inFolder(async (dir) => {
      const catalog = await open(dir);
      const table = { Name: 't', PartitionKeys: [{ Name: 'day', Type: 'string' }] };
      await catalog.createTable('default', table);
      await catalog.createPartitions('default', 't', [partition(1)]);
      await catalog.deleteTable('default', 't');
      assert.throws(() => catalog.partitionCount('default', 't'), { code: 'EntityNotFoundException' });
      await catalog.createTable('default', table);
      assert.equal(catalog.partitionCount('default', 't'), 0);
      await catalog.close();
      const again = await open(dir);
      assert.equal(again.partitionCount('default', 't'), 0);
    }));

  it('makes all partitions of a call or none', () =>
    inFolder(async (dir) => {
      const catalog = await open(dir);
      await catalog.createTable('default', { Name: 't', PartitionKeys: [{ Name: 'day' }] });
      await catalog.createPartitions('default', 't', [partition(1)]);
      await assert.rejects(catalog.createPartitions('default', 't', [partition(2), partition(1)]), {
        code: 'AlreadyExistsException',
      });
      assert.equal(catalog.partitionCount('default', 't'), 1);
    }));

  it('lets one of two concurrent compare-and-set updates win', () =>
    inFolder(async (dir) => {
      const catalog = await open(dir);
      await catalog.createTable('default', { Name: 't' });
      const outcomes = await Promise.allSettled(
        ['a', 'b'].map((Owner) => catalog.updateTable('default', { Name: 't', Owner }, { versionId: '0' })),
      );
      assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['fulfilled', 'rejected']);
      assert.equal(catalog.table('default', 't')?.VersionId, '1');
    }));

  it('hands out what nobody can change by accident', () =>
    inFolder(async (dir) => {
      const catalog = await open(dir);
      const input = { Name: 't', Parameters: { a: '1' } };
      await catalog.createTable('default', input);
      input.Parameters.a = '2';
      assert.equal(catalog.table('default', 't')?.Parameters?.a, '1');
      assert.throws(() => {
        catalog.table('default', 't')!.Parameters!.a = '3';
      }, TypeError);
    }));

  it('drops a torn last line and refuses damage before it', () =>
    inFolder(async (dir) => {
      const file = join(dir, 'catalog.journal');
      const catalog = await open(dir);
      await catalog.createDatabase({ Name: 'a' });
      await catalog.createDatabase({ Name: 'b' });
      await catalog.close();
      const whole = readFileSync(file);
      for (let cut = 1; cut < 40; cut += 7) {
        writeFileSync(file, whole);
        truncateSync(file, whole.length - cut);
        const names = (await open(dir)).databases().map((database) => database.Name);
        assert.deepEqual(names, ['a', 'default'], `cut by ${cut}`);
      }
      const damaged = Buffer.from(whole);
      damaged[20] = damaged[20]! ^ 1;
      writeFileSync(file, damaged);
      await assert.rejects(open(dir), /catalog\.journal:1: a record of the catalog is damaged/);
    }));

  it('stays small under many updates of the same partitions', () =>
    inFolder(async (dir) => {
      const catalog = await open(dir);
      await catalog.createTable('default', { Name: 't', PartitionKeys: [{ Name: 'day' }] });
      for (const batch of batches(500)) await catalog.createPartitions('default', 't', batch);
      const file = join(dir, 'tables', '1.journal');
      const before = readFileSync(file).length;
      const values = Array.from({ length: 500 }, (_, number) => partition(number, { round: '1' }));
      for (let round = 0; round < 30; round++) {
        await catalog.changePartitions(
          'default',
          't',
          values.map((input) => ({ kind: 'update', values: input.Values, input })),
        );
      }
      assert.ok(readFileSync(file).length < before * 8, 'superseded records are compacted away');
      await catalog.close();
      const again = await open(dir);
      assert.equal(again.partitionCount('default', 't'), 500);
      assert.equal(again.partition('default', 't', ['000123'])?.Parameters?.round, '1');
      assert.equal(again.partition('default', 't', ['000123'])?.StorageDescriptor?.Columns?.length, 20);
    }));

  it('opens 100,000 partitions at once and reads 10,000 of a table fast', () =>
    inFolder(async (dir) => {
      const catalog = await open(dir);
      for (let table = 0; table < 10; table++) {
        await catalog.createTable('default', { Name: `t${table}`, PartitionKeys: [{ Name: 'day' }] });
        for (const batch of batches(10_000)) await catalog.createPartitions('default', `t${table}`, batch);
      }
      await catalog.close();
      // The processor's time: what else the machine does is no matter of the catalog.
      const begun = process.cpuUsage();
      const spent = (): number => Object.values(process.cpuUsage(begun)).reduce((sum, each) => sum + each, 0) / 1_000;
      const again = await open(dir);
      const opened = spent();
      assert.equal(again.partitionCount('default', 't3'), 10_000);
      const read = spent() - opened;
      assert.ok(opened < 1000, `start-up took ${opened} ms`);
      assert.ok(read < 1000, `a table took ${read} ms`);
    }));
});
