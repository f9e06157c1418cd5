import type { Environment } from '../core/model/definition.ts';
import type { SnsPort } from '../core/model/ports.ts';
import type { AwsCall } from './aws.ts';
import type { ClientConfig } from './environment.ts';

/** The topic of an environment. */
export interface OpenTopic extends SnsPort {
  close(): Promise<void>;
}

/** SNS is loaded with the first notice: every command that sends none starts the sooner. */
export function openTopic(environment: Environment, config: ClientConfig, call: AwsCall): OpenTopic | undefined {
  const { topic: name, local: make } = environment;
  if (name === undefined) return undefined;
  const open = async () => {
    const [{ SNSClient }, { snsPort }] = await Promise.all([import('@aws-sdk/client-sns'), import('./sns.ts')]);
    const client = new SNSClient(config);
    return { client, port: snsPort(client, call, { name, make }) };
  };
  let opened: ReturnType<typeof open> | undefined;
  return {
    async publish(notice, signal) {
      opened ??= open();
      await (await opened).port.publish(notice, signal);
    },
    async close() {
      (await opened)?.client.destroy();
    },
  };
}
