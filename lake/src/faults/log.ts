/** A call that was served, as GET /_lake/log shows it. */
export interface ServedCall {
  readonly time: string;
  readonly service: string;
  readonly operation: string;
  readonly status: number;
  readonly ms: number;
  readonly error?: string;
  /** What an injected fault did: its error, `delay`, `drop` or `drop before`. */
  readonly fault?: string;
  /** `METHOD /path?query`, then the start of the body where it was read as a whole. */
  readonly request: string;
}

export interface CallLog {
  add(call: ServedCall): void;
  list(): readonly ServedCall[];
  clear(): void;
}

const LONGEST_REQUEST = 2000;

/** Keeps the last calls; memory stays flat however many are served. */
export function createCallLog(capacity = 5000): CallLog {
  let calls: ServedCall[] = [];
  return {
    add(call) {
      calls.push({ ...call, request: beginning(call.request) });
      if (calls.length >= 2 * capacity) calls = calls.slice(-capacity);
    },
    list: () => calls.slice(-capacity),
    clear() {
      calls = [];
    },
  };
}

/** By bytes: a slice of a string keeps all of the string in memory. */
function beginning(request: string): string {
  return request.length <= LONGEST_REQUEST ? request : Buffer.from(request.slice(0, LONGEST_REQUEST)).toString();
}
