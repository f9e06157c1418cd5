import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as httpRequest } from 'node:http';

/**
 * Other processes that joined this lake: each holds a connection open for as long as it works, so that the owner, which
 * may be a short command too, does not stop under it.
 */
export interface Guests {
  attend(message: IncomingMessage, response: ServerResponse): void;
  /** Resolves when all have left, or after that time. */
  left(withinMs: number): Promise<void>;
  /** Ends their connections: the lake stops now. */
  dismiss(): void;
}

export const GUEST_PATH = '/_lake/guest';

export function createGuests(): Guests {
  const present = new Set<ServerResponse>();
  let onEmpty: () => void = () => {};
  return {
    attend(message, response) {
      message.socket.setTimeout(0);
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.flushHeaders();
      present.add(response);
      response.on('close', () => {
        present.delete(response);
        if (present.size === 0) onEmpty();
      });
    },
    left(withinMs) {
      if (present.size === 0) return Promise.resolve();
      const said = setTimeout(
        () => process.stderr.write(`weir-lake: waiting for another process that uses it\n`),
        1000,
      );
      return new Promise((done) => {
        const end = () => {
          clearTimeout(late);
          clearTimeout(said);
          done();
        };
        const late = setTimeout(end, withinMs);
        onEmpty = end;
      });
    },
    dismiss() {
      for (const response of present) response.destroy();
    },
  };
}

/** Attends the lake at `url` until `leave` is called or this process ends. Resolves once the owner knows of it. */
export function beGuest(url: string): Promise<{ readonly leave: () => void }> {
  return new Promise((done) => {
    const request = httpRequest(`${url}${GUEST_PATH}`, { agent: false });
    const leave = () => {
      request.destroy();
    };
    request.on('response', (response) => {
      response.on('error', () => {}).resume();
      response.socket.unref(); // attending keeps nobody alive
      done({ leave });
    });
    request.on('error', () => done({ leave }));
    request.end();
  });
}
