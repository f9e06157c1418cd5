import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLake } from '../../src/index.ts';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'weir-lake.js');
const WRITERS = 6;

/** What one writer knows of its key: a kill may have hit between the effect and the answer. */
interface Known {
  /** Last version whose write was answered; 0: none, or deleted. */
  acknowledged: number;
  /** The version on its way (0: a delete); undefined: nothing is. */
  pending: number | undefined;
}

/** One seeded generator, so that a failing round can be had again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Starts a lake, writes with several clients, kills it with SIGKILL, starts it again on the folder; so many rounds.
 * After each: every answered write is there, no object is half-written, nothing is left over, the catalog opens.
 */
export async function killRounds(dir: string, rounds: number, seed: number): Promise<{ writes: number }> {
  const next = random(seed);
  const known = new Map<string, Known>();
  let writes = 0;
  for (let round = 0; round < rounds; round += 1) {
    const { child, url } = await start(dir);
    const agent = new Agent({ keepAlive: true });
    if (round === 0) await send(agent, url, 'PUT', '/bkt');
    const ended = new Promise((done) => child.on('exit', done));
    const writers = Array.from({ length: WRITERS }, (_, writer) =>
      write(agent, url, `w${writer}/k.csv`, known, random(seed + round * WRITERS + writer)),
    );
    await sleep(20 + next() * 150);
    child.kill('SIGKILL');
    await ended;
    writes += (await Promise.all(writers)).reduce((sum, count) => sum + count, 0);
    agent.destroy();
    await verify(dir, known, round);
  }
  return { writes };
}

async function start(dir: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [BIN, '--port', '0', '--dir', dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const chunk of child.stdout!) {
    const url = /http:\S+/.exec((chunk as Buffer).toString())?.[0];
    if (url) return { child, url };
  }
  throw new Error('the lake did not start');
}

/** Overwrites one key with ever new versions, deletes it now and then, and sometimes writes it in two parts. */
async function write(
  agent: Agent,
  url: string,
  key: string,
  all: Map<string, Known>,
  next: () => number,
): Promise<number> {
  const known = all.get(key) ?? { acknowledged: 0, pending: undefined };
  all.set(key, known);
  const base = Math.floor(next() * 1e9);
  for (let count = 1; ; count += 1) {
    const version = next() < 0.1 ? 0 : base + count;
    known.pending = version;
    try {
      if (version === 0) await send(agent, url, 'DELETE', `/bkt/${key}`);
      else if (next() < 0.1) await sendInParts(agent, url, key, bodyOf(key, version));
      else await send(agent, url, 'PUT', `/bkt/${key}`, bodyOf(key, version));
    } catch {
      return count; // the lake was killed
    }
    known.acknowledged = version;
    known.pending = undefined;
  }
}

async function sendInParts(agent: Agent, url: string, key: string, body: Buffer): Promise<void> {
  const id = /<UploadId>(.*?)</.exec(await send(agent, url, 'POST', `/bkt/${key}?uploads`))?.[1];
  await send(agent, url, 'PUT', `/bkt/${key}?partNumber=1&uploadId=${id}`, body);
  const etag = createHash('md5').update(body).digest('hex');
  await send(
    agent,
    url,
    'POST',
    `/bkt/${key}?uploadId=${id}`,
    Buffer.from(
      `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`,
    ),
  );
}

/** The body says which version it is, is 1 byte to 200 KB long, and any part of it missing shows. */
function bodyOf(key: string, version: number): Buffer {
  const line = `${key} ${version}\n`;
  return Buffer.from(line.repeat(1 + (version % 97) ** 2));
}

async function verify(dir: string, known: Map<string, Known>, round: number): Promise<void> {
  const lake = await startLake({ dir });
  const agent = new Agent();
  try {
    assert.equal(lake.joined, false);
    for (const [key, { acknowledged, pending }] of known) {
      const body = await send(agent, lake.url, 'GET', `/bkt/${key}`).catch((error: Error) => {
        assert.equal(error.message, '404');
        return '';
      });
      const version = body === '' ? 0 : Number(/ (\d+)\n/.exec(body)?.[1]);
      assert.ok(
        version === acknowledged || version === pending,
        `round ${round}: ${key} is ${version}, answered ${acknowledged}, on its way ${pending}`,
      );
      if (version > 0)
        assert.ok(body === bodyOf(key, version).toString(), `round ${round}: ${key} ${version} is half-written`);
      known.set(key, { acknowledged: version, pending: undefined });
    }
    const present = [...known.values()].filter((one) => one.acknowledged > 0).length;
    await send(agent, lake.url, 'POST', '/', Buffer.from('{}'), { 'x-amz-target': 'AWSGlue.GetDatabases' });
    for (let tries = 0; filesBelow(join(dir, 'objects')) !== present && tries < 100; tries += 1) await sleep(20);
    assert.equal(filesBelow(join(dir, 'objects')), present, `round ${round}: files without an object`);
    assert.deepEqual(
      readdirSync(join(dir, 'tmp')).filter((name) => !/^[0-9a-f-]{36}$/.test(name)),
      [],
    );
  } finally {
    agent.destroy();
    await lake.stop();
  }
}

function filesBelow(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).length;
}

function send(
  agent: Agent,
  url: string,
  method: string,
  path: string,
  body?: Buffer,
  headers: Record<string, string> = {},
): Promise<string> {
  return new Promise((done, fail) => {
    const request = httpRequest(
      `${url}${path}`,
      { method, agent, headers: { ...headers, 'content-length': body?.length ?? 0 } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          if (!response.complete) fail(new Error('cut'));
          else if (response.statusCode! >= 300) fail(new Error(String(response.statusCode)));
          else done(Buffer.concat(chunks).toString());
        });
      },
    );
    request.on('error', fail);
    request.end(body);
  });
}
