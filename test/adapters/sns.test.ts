import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SNSClient } from '@aws-sdk/client-sns';
import { awsCall } from '../../scripts/adapters/aws.ts';
import { isFault } from '../../scripts/adapters/fault.ts';
import { type Patience, snsPort } from '../../scripts/adapters/sns.ts';
import { openTestLake, type TestLake } from '../core/plan-lake.ts';

// The topic of an environment over the SDK: on a real endpoint, and with an SNS that does not answer.

const NOTICE = { subject: 'Weir prod, failed: a.b', message: '{}', attributes: { state: 'failed', table: 'a.b' } };
const call = awsCall({ target: 'a test', limited: false });

describe('on the local lake', () => {
  let lake: TestLake;
  let client: SNSClient;
  before(async () => {
    lake = await openTestLake();
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    client = new SNSClient({ endpoint: lake.target, region: 'us-east-1', credentials, maxAttempts: 1 });
  });
  after(async () => {
    client.destroy();
    await lake.close();
  });

  test('a topic is made if it is missing, by its name or ARN, and told', async () => {
    for (const name of ['made', 'arn:aws:sns:us-east-1:000000000000:made']) {
      await snsPort(client, call, { name, make: true }).publish(NOTICE);
    }
    const found = (await (await fetch(new URL('/_lake/notices?topic=made', lake.target))).json()) as object[];
    const { subject, message } = NOTICE;
    const attributes = { state: { type: 'String', value: 'failed' }, table: { type: 'String', value: 'a.b' } };
    const kept = found.map((each) => ({ ...each, messageId: '', time: '' }));
    const one = {
      messageId: '',
      topic: 'arn:aws:sns:us-east-1:000000000000:made',
      time: '',
      subject,
      message,
      attributes,
    };
    assert.deepEqual(kept, [one, one]);
  });

  test('on AWS none is made', async () => {
    const port = snsPort(client, call, { name: 'arn:aws:sns:us-east-1:000000000000:none', make: false });
    await assert.rejects(port.publish(NOTICE), (error) => isFault(error, 'not-found') && error.api === 'sns:Publish');
  });
});

describe('an SNS that does not answer', () => {
  const patience: Patience = { most: 200, stopping: 20, inAll: 300 };
  const hanging = (seen: { aborted?: AbortSignal }[] = []): SNSClient =>
    ({
      send: (_: unknown, { abortSignal }: { abortSignal: AbortSignal }) => {
        seen.push({ aborted: abortSignal });
        return new Promise(() => undefined);
      },
    }) as unknown as SNSClient;
  const elapsed = async (work: Promise<void>, says: RegExp): Promise<number> => {
    const began = performance.now();
    await assert.rejects(work, (error) => isFault(error, 'passing') && says.test(error.message));
    return performance.now() - began;
  };
  const topic = { name: 'arn', make: false };

  test('is waited for a while, in all for a longer one, and then not asked any more', async () => {
    const seen: { aborted?: AbortSignal }[] = [];
    const port = snsPort(hanging(seen), call, topic, patience);
    for (const _ of [1, 2]) assert.ok((await elapsed(port.publish(NOTICE), /did not answer/)) > 150);
    assert.ok((await elapsed(port.publish(NOTICE), /waited for in vain/)) < 150);
    assert.deepEqual(
      seen.map(({ aborted }) => aborted?.aborted),
      [true, true],
    );
  });

  test('is hardly waited for once the run is being stopped, be it before or meanwhile', async () => {
    const long = { most: 60_000, stopping: 20, inAll: 600_000 };
    const port = snsPort(hanging(), call, topic, long);
    assert.ok((await elapsed(port.publish(NOTICE, AbortSignal.abort()), /did not answer/)) < 5_000);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    assert.ok((await elapsed(port.publish(NOTICE, stop.signal), /did not answer/)) < 5_000);
  });

  test('that is busy is asked by the SDK alone, not for two minutes more', async () => {
    let asked = 0;
    const busy = {
      send: async () => {
        asked += 1;
        throw { name: 'ThrottledException', $metadata: { httpStatusCode: 429 } };
      },
    } as unknown as SNSClient;
    await elapsed(snsPort(busy, call, topic).publish(NOTICE), /Throttled/);
    assert.equal(asked, 1);
  });
});

test('no secret of the process is in a notice', async () => {
  const secret = 'ghs_plantedForTheNotice00000000001';
  process.env.WEIR_TEST_TOKEN = secret;
  const sent: unknown[] = [];
  const client = { send: async (command: { input: unknown }) => void sent.push(command.input) } as unknown as SNSClient;
  const text = `refused with ${secret}`;
  await snsPort(client, call, { name: 'arn', make: false }).publish({ ...NOTICE, subject: text, message: text });
  delete process.env.WEIR_TEST_TOKEN;
  assert.equal(sent.length, 1);
  assert.ok(!JSON.stringify(sent).includes(secret), JSON.stringify(sent));
});
