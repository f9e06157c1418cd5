import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { type Lake, startLake } from '../../src/index.ts';

/** What SDK clients need to speak to a lake; the keys are as good as any. */
export function clientSettings(url: string) {
  return { endpoint: url, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
}

/** A lake on a folder of its own for the tests of one file; both are gone when they end. */
export async function startedLake(): Promise<Lake & { readonly dir: string; s3(config?: S3ClientConfig): S3Client }> {
  const dir = mkdtempSync(join(tmpdir(), 'weir lake-'));
  const lake = await startLake({ dir });
  const clients: S3Client[] = [];
  after(async () => {
    for (const client of clients) client.destroy();
    await lake.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  return {
    ...lake,
    dir,
    s3(config = {}) {
      const client = new S3Client({ ...clientSettings(lake.url), ...config });
      clients.push(client);
      return client;
    },
  };
}

/** A folder with a space in its name, removed at the end. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'weir lake-'));
  after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One request exactly as given: nothing is signed, encoded or normalised. */
export function raw(
  url: string,
  method: string,
  path: string,
  options: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Uint8Array } = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((done, fail) => {
    const headers = {
      ...(options.body === undefined ? {} : { 'content-length': Buffer.byteLength(options.body) }),
      ...options.headers,
    };
    const request = httpRequest({ hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () =>
        done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    request.on('error', fail);
    // As bytes: Node would send the headers in the encoding of a string that goes out with them.
    request.end(options.body === undefined ? undefined : Buffer.from(options.body));
  });
}
