import { CreateTopicCommand, PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Notice, SnsPort } from '../core/model/ports.ts';
import type { AwsCall } from './aws.ts';
import { AwsFault } from './fault.ts';
import { withoutSecrets } from './redact.ts';

export interface Topic {
  /** ARN; the name is enough where it is made. */
  readonly name: string;
  /** True where the topic is made if it is missing. */
  readonly make: boolean;
}

export interface Patience {
  /** How long one notice may take, and how long once the run is being stopped. */
  readonly most: number;
  readonly stopping: number;
  /** How long a run waits in all for notices that could not be sent. */
  readonly inAll: number;
}

const PATIENCE: Patience = { most: 10_000, stopping: 2_000, inAll: 30_000 };

/** A topic over the SDK. Whatever SNS does, a run is held up for half a minute at most. */
export function snsPort(client: SNSClient, call: AwsCall, topic: Topic, patience: Patience = PATIENCE): SnsPort {
  const arn = topicArn(client, call, topic);
  let lost = 0;
  const send = async ({ subject, message, attributes }: Notice, abortSignal: AbortSignal): Promise<void> => {
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
    );
    const TopicArn = await arn();
    const notice = { TopicArn, Subject: withoutSecrets(subject), Message: withoutSecrets(message), MessageAttributes };
    await call('sns:Publish', () => client.send(new PublishCommand(notice), { abortSignal }), NO_PATIENCE);
  };
  return {
    async publish(notice, signal) {
      if (lost >= patience.inAll) throw late(`SNS was waited for in vain for ${seconds(lost)} of this run`);
      const began = performance.now();
      try {
        await within((gone) => send(notice, gone), patience, signal);
      } catch (error) {
        lost += performance.now() - began;
        throw error;
      }
    },
  };
}

/** The SDK's own tries are enough: what is late is of no use. */
const NO_PATIENCE = { patienceMs: 0 };

/** Asked for once; a failure is not kept. */
function topicArn(client: SNSClient, call: AwsCall, { name, make }: Topic): () => Promise<string> {
  if (!make) return async () => name;
  const Name = name.slice(name.lastIndexOf(':') + 1);
  let made: Promise<string> | undefined;
  return () => {
    made ??= call(
      'sns:CreateTopic',
      async () => (await client.send(new CreateTopicCommand({ Name }))).TopicArn ?? '',
      NO_PATIENCE,
    ).catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** What does not answer in time has failed, and is not waited for any more. */
async function within(
  send: (gone: AbortSignal) => Promise<void>,
  { most, stopping }: Patience,
  signal: AbortSignal | undefined,
): Promise<void> {
  const gone = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  let hurry = (): void => undefined;
  const inVain = new Promise<never>((_, fail) => {
    const giveUpAfter = (ms: number): void =>
      void timers.push(setTimeout(() => fail(late(`SNS did not answer within ${seconds(ms)}`)), ms));
    hurry = () => giveUpAfter(stopping);
    giveUpAfter(most);
    if (signal?.aborted) hurry();
    else signal?.addEventListener('abort', hurry, { once: true });
  });
  try {
    await Promise.race([send(gone.signal), inVain]);
  } finally {
    for (const timer of timers) clearTimeout(timer);
    signal?.removeEventListener('abort', hurry);
    gone.abort();
  }
}

function late(why: string): AwsFault {
  const fault = { faultClass: 'passing', code: 'TimeoutError', api: 'sns:Publish' } as const;
  return new AwsFault(fault, `sns:Publish: ${why}`, 'look at the health of SNS in this region');
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
