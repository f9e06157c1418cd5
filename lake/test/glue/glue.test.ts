import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as glueSdk from '@aws-sdk/client-glue';
import { type Lake, startLake } from '../../src/index.ts';
import { play, readScenarios, sendBy } from './scenarios.ts';
import { CLIENT } from './serve-json.ts';

const scenarios = readScenarios(new URL('./glue.cases.yaml', import.meta.url));

const dir = mkdtempSync(join(tmpdir(), 'weir-glue-'));
let lake: Lake;
let client: glueSdk.GlueClient;

before(async () => {
  lake = await startLake({ dir });
  client = new glueSdk.GlueClient({ ...CLIENT, endpoint: lake.url });
});

after(async () => {
  client.destroy();
  await lake.stop();
  rmSync(dir, { recursive: true, force: true });
});

const send = (call: string, input: object) => sendBy(glueSdk, client, call, input);

describe('Glue over the wire', () => {
  for (const [index, { scenario, steps }] of scenarios.entries()) {
    it(scenario, async () => {
      await send('CreateDatabase', { DatabaseInput: { Name: `case${index}` } });
      await play(send, steps, new Map([['DB', `case${index}`]]));
    });
  }

  const entry = (number: number) => ({
    Values: [String(number).padStart(6, '0')],
    StorageDescriptor: { Location: `s3://b/t/${number}/`, Columns: [{ Name: 'c', Type: 'int' }] },
  });
  const entries = (from: number, count: number) => Array.from({ length: count }, (_, index) => entry(from + index));

  it('batches beyond the limits are refused as a whole', async () => {
    const where = { DatabaseName: 'limits', TableName: 't' };
    await send('CreateDatabase', { DatabaseInput: { Name: 'limits' } });
    const keys = [{ Name: 'p', Type: 'string' }];
    await send('CreateTable', { DatabaseName: 'limits', TableInput: { Name: 't', PartitionKeys: keys } });
    const values = entries(0, 1001).map(({ Values }) => ({ Values }));
    const tooMany: [string, object][] = [
      ['BatchCreatePartition', { ...where, PartitionInputList: entries(0, 101) }],
      [
        'BatchUpdatePartition',
        {
          ...where,
          Entries: entries(0, 101).map((each) => ({ PartitionValueList: each.Values, PartitionInput: each })),
        },
      ],
      ['BatchDeletePartition', { ...where, PartitionsToDelete: values.slice(0, 26) }],
      ['BatchGetPartition', { ...where, PartitionsToGet: values }],
      ['GetPartitions', { ...where, Expression: 'p = '.padEnd(2049, 'x') }],
      ['GetPartitions', { ...where, MaxResults: 1001 }],
    ];
    for (const [call, input] of tooMany) await assert.rejects(send(call, input), { name: 'ValidationException' }, call);
    assert.deepEqual((await send('GetPartitions', where)).Partitions, []);
  });

  it('10,000 partitions: made in batches, read in pages and segments, none twice, none missing', async () => {
    const where = { DatabaseName: 'many', TableName: 't' };
    await send('CreateDatabase', { DatabaseInput: { Name: 'many' } });
    const keys = [{ Name: 'p', Type: 'int' }];
    await send('CreateTable', { DatabaseName: 'many', TableInput: { Name: 't', PartitionKeys: keys } });
    for (let from = 0; from < 10_000; from += 100) {
      assert.deepEqual(
        (await send('BatchCreatePartition', { ...where, PartitionInputList: entries(from, 100) })).Errors,
        [],
      );
    }
    const read = async (more: object) => {
      const values: string[] = [];
      let NextToken: string | undefined;
      do {
        const page = await send('GetPartitions', { ...where, ...more, ...(NextToken ? { NextToken } : {}) });
        values.push(...(page.Partitions as { Values: string[] }[]).map((partition) => partition.Values[0]!));
        NextToken = page.NextToken;
      } while (NextToken);
      return values;
    };
    const all = entries(0, 10_000).map(({ Values }) => Values[0]!);
    assert.deepEqual(await read({}), all);
    const segments = await Promise.all(
      [0, 1, 2].map((SegmentNumber) => read({ Segment: { SegmentNumber, TotalSegments: 3 } })),
    );
    assert.ok(segments.every((segment) => segment.length > 2500));
    assert.deepEqual(segments.flat().sort(), all);
    const begun = process.cpuUsage();
    assert.deepEqual(await read({ Expression: 'p = 4711' }), ['004711']);
    assert.ok(process.cpuUsage(begun).user < 1_000_000, 'one of 10,000 partitions is found at once');
  });
});
