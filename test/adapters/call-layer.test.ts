import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AthenaClient } from '@aws-sdk/client-athena';
import type { GlueClient } from '@aws-sdk/client-glue';
import type { S3Client } from '@aws-sdk/client-s3';
import { athenaPort } from '../../scripts/adapters/athena.ts';
import { type AwsCall, awsCall } from '../../scripts/adapters/aws.ts';
import { gluePort } from '../../scripts/adapters/glue.ts';
import { s3Port } from '../../scripts/adapters/s3.ts';
import type { CatalogTable } from '../../scripts/core/model/catalog.ts';
import type { EntryFailure, GluePort } from '../../scripts/core/model/ports.ts';

// The one way of every AWS call: what is tried again, how fast, and what is said on the wire.

const calm = awsCall({ target: 'nowhere', limited: false, patienceMs: 5_000 });
const answer = (name: string, status = 400): object => ({ name, message: name, $metadata: { httpStatusCode: status } });

describe('only what passes is tried again', () => {
  const rows = [
    ['ThrottlingException', 'passing', 2],
    ['InvalidInputException', 'permanent', 1],
    ['ResourceNumberLimitExceededException', 'limit', 1],
    ['AccessDeniedException', 'denied', 1],
    ['ConcurrentModificationException', 'conflict', 1],
    ['EntityNotFoundException', 'not-found', 1],
  ] as const;
  for (const [name, faultClass, wanted] of rows) {
    test(`${name} is ${faultClass}`, async () => {
      let calls = 0;
      const made = calm('glue:GetTable', async () => {
        calls += 1;
        if (calls === 1) throw answer(name);
        return 'there';
      });
      if (wanted === 2) assert.equal(await made, 'there');
      else await assert.rejects(made, { faultClass, code: name, api: 'glue:GetTable' });
      assert.equal(calls, wanted);
    });
  }
});

describe('a token bucket an API', { concurrency: true }, () => {
  const times = async (api: string, count: number, call = awsCall({ target: 'AWS', limited: true })) => {
    const start = performance.now();
    for (let at = 0; at < count; at += 1) await call(api, async () => undefined);
    return performance.now() - start;
  };

  // The burst, how many a second after it, and how many more take 300 ms.
  for (const [api, burst, pace, more] of [
    ['athena:StartQueryExecution', 40, 10, 3],
    ['athena:GetQueryExecution', 100, 50, 15],
    ['glue:GetPartitions', 40, 20, 6],
    ['s3:GetObject', 1_000, 500, 150],
  ] as const) {
    test(`${api}: ${burst} at once, then at its pace; other APIs do not wait for it`, async () => {
      const call = awsCall({ target: 'AWS', limited: true });
      const start = performance.now();
      assert.ok((await times(api, burst, call)) < (500 * burst) / pace);
      const slow = times(api, more, call);
      const others = ['athena:StopQueryExecution', 'athena:GetQueryResults', 'glue:UpdateTable', 's3:PutObject'];
      const quick = await Promise.all(others.map((other) => times(other, 10, call)));
      await slow;
      const took = performance.now() - start;
      assert.ok(took >= 270, `${took} ms`);
      assert.ok(Math.max(...quick) < took, `${quick}`);
    });
  }

  test('a second try waits for a token as a first one does: behind those who asked before', async () => {
    const call = awsCall({ target: 'AWS', limited: true, patienceMs: 10_000 });
    const ended: string[] = [];
    let tries = 0;
    const struck = async (): Promise<void> => {
      tries += 1;
      if (tries === 1) throw answer('ThrottlingException');
      ended.push('second try');
    };
    const first = async (): Promise<void> => void ended.push('first try');
    // The burst of 40, then 20 a second: the last of the others has its token 1.5 s later, the second try comes before that.
    await Promise.all([
      call('glue:GetTable', struck),
      ...Array.from({ length: 70 }, () => call('glue:GetTable', first)),
    ]);
    assert.equal(ended.length, 71);
    assert.equal(ended.at(-1), 'second try');
  });

  test('a stand-in on this machine has none', async () => {
    // At the pace of AWS it would take 23 seconds.
    assert.ok((await times('glue:GetTable', 500, calm)) < 10_000);
  });
});

interface Sent {
  readonly name: string;
  readonly input: Record<string, unknown>;
}

/** A client that answers each command, and keeps what was sent. */
function client<C>(sent: Sent[], reply: (command: Sent, count: number) => object): C {
  const send = async (command: { readonly constructor: { readonly name: string }; readonly input: object }) => {
    const told = { name: command.constructor.name, input: { ...command.input } };
    sent.push(told);
    return reply(told, sent.length);
  };
  return { send } as C;
}

test('a statement without a token of its own is not started twice either: one token for all tries', async () => {
  const sent: Sent[] = [];
  const made = client<AthenaClient>(sent, (_, count) => {
    if (count === 1) throw answer('InternalServerException', 500);
    return { QueryExecutionId: 'q' };
  });
  assert.equal(await athenaPort(made, calm).start({ sql: 'SELECT 1', workgroup: 'w' }), 'q');
  const tokens = sent.map(({ input }) => String(input.ClientRequestToken));
  assert.equal(tokens.length, 2);
  assert.equal(new Set(tokens).size, 1);
  // https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html: 32 to 128 characters
  assert.match(tokens[0]!, /^.{32,128}$/);
});

test('UpdateTable says the version that was read, and whether to keep it', async () => {
  const sent: Sent[] = [];
  const glue = gluePort(
    client<GlueClient>(sent, () => ({})),
    calm,
  );
  const table: CatalogTable = {
    ...{ database: 'd', name: 't', tableType: 'EXTERNAL_TABLE', description: undefined, owner: undefined },
    storage: {
      ...{ columns: [], location: 's3://b/t/', inputFormat: undefined, outputFormat: undefined },
      ...{ serde: { library: undefined, parameters: {} }, compressed: false, rest: {} },
    },
    ...{ partitionKeys: [], parameters: {}, viewOriginalText: undefined, viewExpandedText: undefined },
    ...{ versionId: '7', rest: {} },
  };
  for (const skipArchive of [true, false]) await glue.updateTable(table, { versionId: '7', skipArchive });
  assert.deepEqual(
    sent.map(({ input }) => [input.VersionId, input.SkipArchive]),
    [
      ['7', true],
      ['7', false],
    ],
  );
});

describe('a list of Glue in pages', { concurrency: true }, () => {
  const lists = [
    ['databases', 'DatabaseList', (glue: GluePort) => glue.listDatabases()],
    ['tables', 'TableList', (glue: GluePort) => glue.listTables('d')],
    ['partitions', 'Partitions', (glue: GluePort) => glue.listPartitions('d', 't', "p = '1'")],
  ] as const;
  for (const [name, key, list] of lists) {
    test(`of ${name} is whole, each page is a call, and only the one that failed is asked for again`, async () => {
      const sent: Sent[] = [];
      const made = client<GlueClient>(sent, ({ input }, count) => {
        if (count === 2) throw answer('ThrottlingException');
        const page = Number(input.NextToken ?? 0);
        const entry = { Name: `n${page}`, DatabaseName: 'd', Values: [`n${page}`], StorageDescriptor: {} };
        return { [key]: [entry], ...(page < 2 ? { NextToken: String(page + 1) } : {}) };
      });
      const calls: string[] = [];
      const counted: AwsCall = (api, send) => {
        calls.push(api);
        return calm(api, send);
      };
      const found = await list(gluePort(made, counted));
      const names = found.map((each) => ('values' in each ? each.values[0] : each.name));
      assert.deepEqual(names, ['n0', 'n1', 'n2']);
      assert.equal(calls.length, 3);
      assert.deepEqual(
        sent.map(({ input }) => input.NextToken),
        [undefined, '1', '1', '2'],
      );
    });
  }
});

describe('entries that failed inside a 200', () => {
  const detail = { ErrorCode: 'AccessDeniedException', ErrorMessage: 'no' };
  const storage = {
    ...{ columns: [], location: 's3://b/t/', inputFormat: undefined, outputFormat: undefined },
    ...{ serde: { library: undefined, parameters: {} }, compressed: false, rest: {} },
  };
  const entries = ['1', '2'].map((value) => ({ values: [value], storage, parameters: {} }));
  const glue = (errors: object[]) =>
    gluePort(
      client<GlueClient>([], () => ({ Errors: errors })),
      calm,
    );
  const failed = [{ PartitionValues: ['2'], PartitionValueList: ['2'], ErrorDetail: detail }];
  const s3 = s3Port(
    client<S3Client>([], () => ({ Errors: [{ Key: 'b', Code: 'AccessDenied', Message: 'no' }] })),
    calm,
    undefined,
  );
  const calls: readonly (readonly [string, () => Promise<readonly EntryFailure[]>, string])[] = [
    ['BatchCreatePartition', () => glue(failed).createPartitions('d', 't', entries), '2'],
    ['BatchUpdatePartition', () => glue(failed).updatePartitions('d', 't', entries), '2'],
    ['BatchDeletePartition', () => glue(failed).deletePartitions('d', 't', [['1'], ['2']]), '2'],
    ['DeleteObjects', () => s3.delete('b', ['a', 'b']), 'b'],
  ];
  for (const [name, call, value] of calls) {
    test(`${name} answers them`, async () => {
      const failures = await call();
      assert.deepEqual(
        failures.map(({ values, message }) => [values, message]),
        [[[value], 'no']],
      );
    });
  }

  test('that failed in passing are sent again until they are done', async () => {
    const busy = { ErrorCode: 'ThrottlingException', ErrorMessage: 'busy' };
    let sends = 0;
    const made = client<GlueClient>([], () => {
      sends += 1;
      return { Errors: sends < 3 ? [{ PartitionValues: ['2'], ErrorDetail: busy }] : [] };
    });
    assert.deepEqual(await gluePort(made, calm).createPartitions('d', 't', entries), []);
    assert.equal(sends, 3);
  });
});
