import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join as joinPath, resolve } from 'node:path';
import { createFaults } from './faults/faults.ts';
import { createCallLog } from './faults/log.ts';
import type { Lake, LakeOptions } from './index.ts';
import { openUploads } from './s3/uploads.ts';
import { openFileStore } from './store/file-store.ts';
import { type AskOwner, type Held, holdFolder } from './store/folder.ts';
import { beGuest, createGuests } from './wire/guests.ts';
import { LakeError } from './wire/lake-error.ts';
import { type ServeParts, serve } from './wire/serve.ts';
import { createServices, type OpenEngine } from './wire/services.ts';

export interface ServedLake extends Lake {
  /** Unlike `stop` it does not wait for other processes that joined. */
  stopNow(): Promise<void>;
}

/** So long a lake goes on for others that joined it, once its own process is done with it. */
const PATIENCE_MS = 10 * 60_000;

/** Serves a folder, or joins the process that already does. */
export async function startLake(options: LakeOptions): Promise<ServedLake> {
  const dir = resolve(options.dir);
  const held = await holdFolder(dir, askOwner);
  if (held.kind === 'joined') return join(held);
  try {
    return await own(dir, held, options);
  } catch (error) {
    held.lock.release();
    throw error;
  }
}

async function join({ url, pid }: Extract<Held, { kind: 'joined' }>): Promise<ServedLake> {
  const guest = pid === process.pid ? undefined : await beGuest(url);
  const stop = async () => guest?.leave();
  return { url, joined: true, stop, stopNow: stop };
}

type Owned = Extract<Held, { kind: 'owned' }>;

async function own(dir: string, { lock, crashed }: Owned, options: LakeOptions): Promise<ServedLake> {
  const context = { account: options.account ?? '000000000000', region: options.region ?? 'us-east-1' };
  const openEngine = await engineOf(options);
  const store = openFileStore(dir, { foldsCase: lock.foldsCase });
  const uploads = openUploads(
    joinPath(dir, 'uploads'),
    ({ bucket, key, id }) => !store.hasBucket(bucket) || store.head(bucket, key)?.attributes.uploadId === id,
  );
  const faults = createFaults();
  const services = createServices({ dir, store, context, faults, ...(openEngine === undefined ? {} : { openEngine }) });
  const health = () => ({ status: 'ok', id: lock.id, pid: process.pid, ...context });
  const guests = createGuests();
  const parts: ServeParts = {
    guests,
    context,
    store,
    uploads,
    health,
    faults,
    log: createCallLog(),
    findJsonService: services.find,
    sns: services.sns,
    compile: services.compile,
  };
  const server = createHttpServer(parts);
  const url = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1').catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  lock.publish(url);
  if (crashed) store.sweep().catch(() => {}); // what stays takes space, no more
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    guests.dismiss();
    lock.retract();
    await closeServer(server);
    await services.close();
    await store.close();
    lock.release();
  };
  const stopNow = () => {
    stopping ??= stop();
    return stopping;
  };
  return {
    url,
    joined: false,
    stopNow,
    async stop() {
      await guests.left(PATIENCE_MS);
      await stopNow();
    },
  };
}

/** The Trino that is to execute, if it can be reached; undefined: DuckDB. */
async function engineOf({ trino }: LakeOptions): Promise<OpenEngine | undefined> {
  if (trino === undefined) return undefined;
  const [{ connectTrino }, { createTrinoEngine }] = await Promise.all([
    import('./trino/connect.ts'),
    import('./trino/engine.ts'),
  ]);
  const connected = await connectTrino(trino);
  return async (services) => createTrinoEngine({ ...services, trino: connected });
}

function createHttpServer(parts: ServeParts): Server {
  const server = createServer(
    { maxHeaderSize: 64 * 1024, requestTimeout: 0, keepAliveTimeout: 65_000 },
    (message, response) => {
      void serve(message, response, parts);
    },
  );
  // A connection on which nothing moves for so long is a client that is gone: what it had begun is thrown away.
  server.setTimeout(300_000, (socket) => socket.destroy());
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy();
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    return socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });
  return server;
}

function listen(server: Server, port: number, host: string): Promise<string> {
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => fail(listenError(error, port, host)));
    server.listen(port, host, () => {
      const { port: taken, address, family } = server.address() as AddressInfo;
      done(`http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`);
    });
  });
}

function listenError(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === 'EADDRINUSE')
    return new LakeError(`port ${port} is in use`, 'choose another with --port, or 0 for a free one');
  if (error.code === 'EACCES')
    return new LakeError(`port ${port} is not allowed for this user`, 'choose one above 1023 with --port');
  if (error.code === 'ENOTFOUND' || error.code === 'EADDRNOTAVAIL')
    return new LakeError(`${host} is no address of this machine`, 'choose another with --host');
  return error;
}

/** Lets requests in progress end, but not for ever. */
function closeServer(server: Server): Promise<void> {
  return new Promise((done) => {
    const cut = setTimeout(() => server.closeAllConnections(), 3000);
    server.close(() => {
      clearTimeout(cut);
      done();
    });
    server.closeIdleConnections();
  });
}

const askOwner: AskOwner = (url) =>
  new Promise((done) => {
    const request = httpRequest(`${url}/_lake/health`, { timeout: 2000, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => done(readId(Buffer.concat(chunks).toString())));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', (error: NodeJS.ErrnoException) => done(error.code === 'ECONNREFUSED' ? 'refused' : undefined));
    request.end();
  });

function readId(text: string): { readonly id: string } {
  try {
    const { id } = JSON.parse(text) as { id?: unknown };
    return { id: typeof id === 'string' ? id : '' };
  } catch {
    return { id: '' };
  }
}
