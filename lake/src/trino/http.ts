import { setTimeout as sleep } from 'node:timers/promises';
import { EngineFailure } from '../athena/engine.ts';
import { NoPage, type Page, readPage } from './page.ts';

/** Where the Trino is, and as whom it is spoken to. */
export interface TrinoServer {
  /** Without a slash at its end, without user and password. */
  readonly url: string;
  readonly user: string;
  readonly password: string | undefined;
  /** How long it is asked again where it is overloaded or away for a moment. */
  readonly patienceMs: number;
}

/** `http://[user[:password]@]host:port`; undefined where it is none. */
export function trinoServer(text: string): TrinoServer | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, origin, pathname, username, password } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  return {
    url: `${origin}${pathname.replace(/\/+$/, '')}`,
    user: decodeURIComponent(username) || 'weir',
    password: password === '' ? undefined : decodeURIComponent(password),
    patienceMs: 30_000,
  };
}

const PAUSE_MS = 100;
/** Trino takes a statement at once; one that hangs must not hold up a stop for ever. */
const POST_MS = 60_000;

/** Hands in a statement. What it began is unknown where the connection breaks, so only a refusal to take it is repeated. */
export function postStatement(
  server: TrinoServer,
  sql: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Page> {
  const init = {
    method: 'POST',
    headers: { ...identity(server), ...headers, 'Content-Type': 'text/plain' },
    body: sql,
  };
  return patiently(server, signal, () =>
    ask(server, `${server.url}/v1/statement`, { ...init, signal: AbortSignal.timeout(POST_MS) }).catch(
      (error: unknown) => {
        throw error instanceof EngineFailure ? error : unreachable(server, error);
      },
    ),
  );
}

/** The next page; reading it twice gives the same, so a broken connection is no harm. */
export function getPage(server: TrinoServer, uri: string, signal: AbortSignal): Promise<Page> {
  return patiently(server, signal, () =>
    ask(server, uri, { headers: identity(server), signal }).catch((error: unknown) => {
      if (signal.aborted || error instanceof EngineFailure) throw error;
      return { again: reason(error) };
    }),
  );
}

/** Tells Trino that nobody waits any more; nothing is to be done where it can't be told. */
export async function cancelQuery(server: TrinoServer, uri: string): Promise<void> {
  const signal = AbortSignal.timeout(5000);
  await fetch(uri, { method: 'DELETE', headers: identity(server), signal, redirect: 'manual' }).catch(() => undefined);
}

function identity({ user, password }: TrinoServer): Record<string, string> {
  const basic =
    password === undefined ? {} : { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  return { 'X-Trino-User': user, 'X-Trino-Source': 'weir-lake', ...basic };
}

type Answered = { readonly page: Page } | { readonly again: string };

/** 429, 502, 503 and 504 are to be asked again, says the protocol. */
async function ask(server: TrinoServer, uri: string, init: RequestInit): Promise<Answered> {
  // Where a redirect leads, the statement and the user's name would go along.
  const response = await fetch(uri, { ...init, redirect: 'manual' });
  const text = await textOf(server, response);
  if (response.ok) return { page: ownPage(server, pageOf(server, text)) };
  const led = response.headers.get('location');
  const said = `HTTP ${response.status} ${led === null ? text.slice(0, 500).trim() : `to ${led.slice(0, 200)}`}`.trim();
  if ([429, 502, 503, 504].includes(response.status)) return { again: said };
  throw new EngineFailure('GENERIC_INTERNAL_ERROR', `Trino at ${server.url} answered ${said}`);
}

/** Trino's pages are of some 16 MB, larger only where one row is. */
const LARGEST_PAGE = 256 * 1024 * 1024;

async function textOf(server: TrinoServer, response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LARGEST_PAGE)
      throw new EngineFailure('GENERIC_INTERNAL_ERROR', `Trino at ${server.url} answered a page of more than 256 MB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function pageOf(server: TrinoServer, text: string): Page {
  try {
    return readPage(text);
  } catch (error) {
    if (!(error instanceof NoPage)) throw error;
    const said = `Trino at ${server.url} answered what is no page of its protocol: ${text.slice(0, 200)}`;
    throw new EngineFailure('GENERIC_INTERNAL_ERROR', said);
  }
}

/** Every request carries the user's password: a page elsewhere is not asked for. */
function ownPage(server: TrinoServer, page: Page): Page {
  const { nextUri } = page;
  if (nextUri === undefined || (URL.canParse(nextUri) && new URL(nextUri).origin === new URL(server.url).origin))
    return page;
  const text = `Trino at ${server.url} says that its answer goes on at another address: ${nextUri.slice(0, 200)}`;
  throw new EngineFailure('GENERIC_INTERNAL_ERROR', text);
}

async function patiently(server: TrinoServer, signal: AbortSignal, attempt: () => Promise<Answered>): Promise<Page> {
  const until = Date.now() + server.patienceMs;
  for (let pause = PAUSE_MS; ; pause = Math.min(pause * 2, 2000)) {
    const answer = await attempt();
    if ('page' in answer) return answer.page;
    if (Date.now() + pause > until) throw unreachable(server, answer.again);
    await sleep(pause, undefined, { signal });
  }
}

function unreachable(server: TrinoServer, why: unknown): EngineFailure {
  return new EngineFailure('GENERIC_INTERNAL_ERROR', `Trino at ${server.url} can't be reached: ${reason(why)}`);
}

/** fetch says "fetch failed"; why is in the cause. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause as { code?: string; message?: string } | undefined;
  return cause?.code ?? (cause?.message || error.message);
}
