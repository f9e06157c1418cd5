import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What one request of a statement's pages gets: a part of the page, a status, or a connection that breaks. */
export type Step =
  | {
      readonly status?: number;
      readonly location?: string;
      readonly text?: string;
      readonly stats?: object;
      readonly [field: string]: unknown;
    }
  | 'drop'
  /** No answer until the client goes away. */
  | 'hold';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface FakeTrino {
  readonly url: string;
  readonly asked: Asked[];
  /** The steps of every statement from now on; one page follows the other until the steps end. */
  play(...steps: readonly Step[]): void;
  /** What /v1/info says, one after the other; the last for ever. */
  infos: unknown[];
  stop(): void;
}

const STATS = { state: 'RUNNING', physicalInputBytes: 0, processedRows: 0 };

/** A server that speaks Trino's client protocol and knows nothing of SQL. */
export async function fakeTrino(port = 0): Promise<FakeTrino> {
  let script: Step[] = [];
  const asked: Asked[] = [];
  const fake = {
    asked,
    infos: [{ starting: false }] as unknown[],
    play(...steps: readonly Step[]) {
      script = [...steps];
    },
  };
  const server = createServer((message, response) => {
    void bodyOf(message).then((body) => {
      const { method = '', url: path = '', headers } = message;
      asked.push({ method, path, headers, body });
      if (method === 'DELETE') return response.writeHead(204).end();
      if (path === '/v1/info') return json(response, fake.infos.length > 1 ? fake.infos.shift() : fake.infos[0]);
      if (body.includes('system.metadata.catalogs')) return json(response, catalogs());
      return answer(script.shift() ?? {}, response, script.length, urlOf());
    });
  });
  const urlOf = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return Object.assign(fake, {
    url: urlOf(),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  });
}

function answer(step: Step, response: ServerResponse, left: number, url: string): void {
  if (step === 'hold') return;
  if (step === 'drop') return void response.destroy();
  if (step.text !== undefined) return void json(response, step.text);
  if (typeof step.status === 'number')
    return void response.writeHead(step.status, step.location ? { location: step.location } : {}).end();
  const nextUri = left > 0 ? { nextUri: `${url}/v1/statement/executing/q1/${left}` } : {};
  json(response, { id: 'q1', ...nextUri, ...step, stats: { ...STATS, ...step.stats } });
}

function catalogs(): unknown {
  const columns = ['catalog_name', 'connector_name'].map((name) => ({ name, type: 'varchar' }));
  const data = [
    ['awsdatacatalog', 'hive'],
    ['lake', 'hive'],
    ['tpch', 'tpch'],
  ];
  return { id: 'q0', columns, data, stats: STATS };
}

function json(response: ServerResponse, value: unknown): void {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  response.writeHead(200, { 'content-type': 'application/json' }).end(text);
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message) text += String(chunk);
  return text;
}
