import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  PublishCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns';
import { parse } from 'yaml';
import { startLake } from '../../src/index.ts';
import { openMessages, type PublishedMessage } from '../../src/sns/messages.ts';
import { openTopics } from '../../src/sns/topics.ts';
import { clientSettings, raw, startedLake, temporaryFolder } from '../server/started.ts';

const lake = await startedLake();
const sns = new SNSClient({ ...clientSettings(lake.url), maxAttempts: 1 });
after(() => sns.destroy());

const made = async (Name: string): Promise<string> => (await sns.send(new CreateTopicCommand({ Name }))).TopicArn!;
const notices = async (query: string, url = lake.url): Promise<readonly PublishedMessage[]> =>
  JSON.parse((await raw(url, 'GET', `/_lake/notices${query}`)).body) as PublishedMessage[];

describe('topics', () => {
  it('are made once, by name', async () => {
    assert.equal(await made('once'), 'arn:aws:sns:us-east-1:000000000000:once');
    assert.equal(await made('once'), 'arn:aws:sns:us-east-1:000000000000:once');
    assert.notEqual(await made('ONCE'), await made('once'));
  });

  it('have the attributes of every topic, and those that were set', async () => {
    const TopicArn = await made('facts');
    const read = async () => (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes!;
    const first = await read();
    assert.deepEqual(
      [first.TopicArn, first.Owner, first.DisplayName, first.SubscriptionsConfirmed],
      [TopicArn, '000000000000', '', '0'],
    );
    assert.ok(JSON.parse(first.Policy!) && JSON.parse(first.EffectiveDeliveryPolicy!));
    const set = { TopicArn, AttributeName: 'DisplayName', AttributeValue: 'Weir "& <co>' };
    await sns.send(new SetTopicAttributesCommand(set));
    assert.equal((await read()).DisplayName, set.AttributeValue);
  });

  it('have tags', async () => {
    const ResourceArn = await made('tagged');
    const read = async () => (await sns.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags;
    assert.deepEqual(await read(), []);
    const Tags = [
      { Key: 'team', Value: 'data' },
      { Key: 'gone', Value: '' },
    ];
    await sns.send(new TagResourceCommand({ ResourceArn, Tags }));
    assert.deepEqual(await read(), Tags);
    await sns.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['gone'] }));
    assert.deepEqual(await read(), [Tags[0]]);
  });

  it('are gone with their messages when they are deleted, and one that is not there is no error', async () => {
    const TopicArn = await made('short');
    await sns.send(new PublishCommand({ TopicArn, Message: 'm' }));
    await sns.send(new DeleteTopicCommand({ TopicArn }));
    await sns.send(new DeleteTopicCommand({ TopicArn }));
    await assert.rejects(sns.send(new PublishCommand({ TopicArn, Message: 'm' })), { name: 'NotFoundException' });
    assert.equal((await raw(lake.url, 'GET', '/_lake/notices?topic=short')).status, 404);
    await made('short');
    assert.deepEqual(await notices('?topic=short'), []);
  });

  it('are listed by pages of 100', async () => {
    const names = Array.from({ length: 130 }, (_, index) => `page-${1000 + index}`);
    for (const name of names) await made(name);
    const first = await sns.send(new ListTopicsCommand({}));
    assert.equal(first.Topics?.length, 100);
    const rest = await sns.send(new ListTopicsCommand({ NextToken: first.NextToken }));
    assert.equal(rest.NextToken, undefined);
    const listed = [...first.Topics!, ...rest.Topics!].map(({ TopicArn }) => TopicArn!.split(':').at(-1)!);
    assert.equal(new Set(listed).size, listed.length);
    assert.deepEqual(
      listed.filter((name) => name.startsWith('page-')),
      names,
    );
  });
});

describe('messages', () => {
  it('are kept as they were published, and can be read', async () => {
    const TopicArn = await made('kept');
    const Message = '{"text":"naïve & <b> 📦\\n"}';
    const MessageAttributes = {
      state: { DataType: 'String', StringValue: 'failed' },
      raw: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
    };
    const { MessageId } = await sns.send(
      new PublishCommand({ TopicArn, Subject: 'A load failed', Message, MessageAttributes }),
    );
    const wanted = {
      messageId: MessageId,
      topic: TopicArn,
      subject: 'A load failed',
      message: Message,
      attributes: { state: { type: 'String', value: 'failed' }, raw: { type: 'Binary', value: 'AP8=' } },
    };
    for (const query of ['?topic=kept', `?topic=${encodeURIComponent(TopicArn)}`]) {
      const found = await notices(query);
      assert.equal(found.length, 1);
      const [{ time, ...rest } = assert.fail('no message')] = found;
      assert.deepEqual(rest, wanted);
      assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000);
    }
    assert.ok((await notices('')).some(({ messageId }) => messageId === MessageId));
  });

  it('have at most 262,144 bytes with their attributes', async () => {
    const TopicArn = await made('long');
    const publish = (Message: string, MessageAttributes = {}) =>
      sns.send(new PublishCommand({ TopicArn, Message, MessageAttributes }));
    const attribute = { a: { DataType: 'String', StringValue: 'x' } };
    await publish('é'.repeat(131_072));
    await publish('x'.repeat(262_144 - 8), attribute);
    const refused = { name: 'InvalidParameterException', message: 'Invalid parameter: Message too long' };
    await assert.rejects(publish('x'.repeat(262_145)), refused);
    await assert.rejects(publish('x'.repeat(262_144 - 7), attribute), refused);
  });

  it('go to nobody: a subscription is refused by name', async () => {
    const TopicArn = await made('nobody');
    const command = new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'a@example.com' });
    await assert.rejects(sns.send(command), { name: 'NotImplemented', message: /Subscribe of SNS/ });
  });

  it('are lost or doubled by faults as on AWS', async () => {
    const TopicArn = await made('faulty');
    const fault = (given: object) =>
      raw(lake.url, 'POST', '/_lake/faults', {
        body: JSON.stringify({ service: 'sns', operation: 'Publish', ...given }),
      });
    await fault({ error: 'Throttled', status: 429 });
    await assert.rejects(sns.send(new PublishCommand({ TopicArn, Message: 'm' })), { name: 'ThrottledException' });
    await fault({ drop: true });
    await assert.rejects(sns.send(new PublishCommand({ TopicArn, Message: 'm' })));
    assert.equal((await notices('?topic=faulty')).length, 1);
  });
});

describe('what is refused', () => {
  const cases = parse(readFileSync(join(import.meta.dirname, 'refusals.yaml'), 'utf8')) as readonly {
    readonly what: string;
    readonly form: string;
    readonly answer: string;
  }[];
  for (const { what, form, answer } of cases)
    it(what, async () => {
      await sns.send(new CreateTopicCommand({ Name: 'there', Tags: [{ Key: 'team', Value: 'a' }] }));
      const TopicArn = 'arn:aws:sns:us-east-1:000000000000:there';
      const body = form.replace('$ARN', TopicArn).replace('$LONG', 'n'.repeat(257)).replace('$101', 's'.repeat(101));
      const { status, body: text } = await raw(lake.url, 'POST', '/', {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `${body}&Version=2010-03-31`,
      });
      const code = /<Error><Type>\w+<\/Type><Code>(\w+)<\/Code><Message>[^<]+<\/Message><\/Error>/.exec(text)?.[1];
      assert.equal(`${status} ${code}`, answer, text);
      assert.deepEqual(await notices('?topic=there'), []);
    });
});

describe('the folder', () => {
  it('has topics and messages after a restart', async () => {
    const dir = temporaryFolder();
    const lives: string[] = [];
    for (const message of ['first', 'second']) {
      const one = await startLake({ dir });
      const client = new SNSClient(clientSettings(one.url));
      const { TopicArn } = await client.send(new CreateTopicCommand({ Name: 'alerts' }));
      await client.send(new PublishCommand({ TopicArn, Message: message }));
      lives.push((await notices('?topic=alerts', one.url)).map((each) => each.message).join(' '));
      client.destroy();
      await one.stop();
    }
    assert.deepEqual(lives, ['first', 'first second']);
  });

  it('loses no message to a kill: half a line at the end is cut off', () => {
    const dir = temporaryFolder();
    const message = (text: string): PublishedMessage => {
      return { messageId: text, topic: 't', time: '', message: text, attributes: {} };
    };
    const killed = openTopics(dir);
    killed.put({ name: 't', attributes: {}, tags: {} });
    killed.publish('t', message('whole'));
    // Not closed, as after a kill.
    const [file = ''] = readdirSync(dir).filter((name) => name.endsWith('.jsonl'));
    appendFileSync(join(dir, file), '{"messageId":"to');
    const next = openTopics(dir);
    next.publish('t', message('after'));
    assert.deepEqual(
      next.messages('t').map((each) => each.message),
      ['whole', 'after'],
    );
    next.close();
    killed.close();
  });

  it('keeps the newest messages of a topic', () => {
    const path = join(temporaryFolder(), 'm.jsonl');
    const messages = openMessages(path, { messages: 4, bytes: 10_000 });
    for (let index = 0; index < 20; index += 1)
      messages.add({ messageId: `${index}`, topic: 't', time: '', message: 'm', attributes: {} });
    const kept = messages.list().map(({ messageId }) => Number(messageId));
    assert.equal(kept.at(-1), 19);
    assert.ok(kept.length >= 4 && kept.length <= 5, kept.join(' '));
    messages.add({ messageId: 'big', topic: 't', time: '', message: 'm'.repeat(20_000), attributes: {} });
    messages.close();
    const again = openMessages(path, { messages: 4, bytes: 10_000 });
    assert.ok(again.list().length <= 5);
    again.close();
  });
});
