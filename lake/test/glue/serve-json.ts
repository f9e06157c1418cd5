import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readRequest, sendAnswer } from '../../src/wire/http.ts';
import { jsonCall } from '../../src/wire/json-protocol.ts';
import type { JsonService } from '../../src/wire/json-service.ts';

export const ACCOUNT = '000000000000';

/** What the SDK clients of these tests need beside the endpoint. */
export const CLIENT = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
};

/** Serves JSON services alone, so that they are tested over the wire with parts of the test's own choice. */
export async function serveJson(
  ...services: readonly JsonService[]
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const server = createServer(async (message, response) => {
    const context = { account: ACCOUNT, region: CLIENT.region, requestId: 'test' };
    const find = async (target: JsonService['target']) => services.find((service) => service.target === target)!;
    const call = await jsonCall(readRequest(message), context, find);
    const answer = await call.run().catch((error: unknown) => call.fail(error));
    await sendAnswer(response, answer, false);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
