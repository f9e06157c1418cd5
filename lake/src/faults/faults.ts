/** Faults that tests ask for, and a log of what was served. Nothing happens until a fault is posted. */

export interface Fault {
  /** s3, glue, athena, sts, sns, or athena-query (the execution itself; operation is its SubstatementType); `*` or none: any. */
  readonly service?: string;
  readonly operation?: string;
  /** How often it strikes; left out: once. */
  readonly times?: number;
  /** Matching calls that pass before it strikes. */
  readonly after?: number;
  /** A regular expression that the request must match: `METHOD /path?query` and, except for S3, the body. */
  readonly match?: string;
  readonly error?: string;
  readonly status?: number;
  readonly message?: string;
  readonly delay_ms?: number;
  /** Do it, then answer with the error. */
  readonly execute?: boolean;
  /** true: do it, then cut the connection; "before": cut it without doing anything. */
  readonly drop?: boolean | 'before';
}

export interface ActiveFault extends Fault {
  readonly id: number;
  /** Matching calls seen so far, and strikes so far. */
  readonly seen: number;
  readonly struck: number;
}

export interface Faults {
  add(input: unknown): readonly ActiveFault[];
  list(): readonly ActiveFault[];
  clear(): void;
  /** The fault that strikes this call, if any; counts it. */
  strike(service: string, operation: string, request: string): Fault | undefined;
}

/** What is wrong with a posted fault. */
export class FaultInputError extends Error {}

const SERVICES: readonly string[] = ['s3', 'glue', 'athena', 'sts', 'sns', 'athena-query', '*'];

/** Timers hold no more: a longer wait would be none. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

const FIELDS: Readonly<Record<keyof Fault, (value: unknown) => boolean>> = {
  service: (value) => isText(value) && SERVICES.includes((value as string).toLowerCase()),
  operation: isText,
  times: isCount,
  after: isCount,
  match: isText,
  // It goes into a header, but for that of athena-query.
  error: (value) => isText(value) && /^[^\p{C}]+$/u.test(value as string),
  // Below 200 the client would wait for the answer proper.
  status: (value) => isCount(value) && (value as number) >= 200 && (value as number) <= 599,
  message: isText,
  delay_ms: (value) => isCount(value) && (value as number) <= LONGEST_DELAY_MS,
  execute: (value) => typeof value === 'boolean',
  drop: (value) => typeof value === 'boolean' || value === 'before',
};

export function createFaults(): Faults {
  let active: (ActiveFault & { seen: number; struck: number; readonly pattern: RegExp | undefined })[] = [];
  let lastId = 0;
  const shown = () => active.map(({ pattern: _, ...fault }) => fault);

  return {
    add(input) {
      const faults = (Array.isArray(input) ? input : [input]).map(checkFault);
      for (const fault of faults) {
        lastId += 1;
        const pattern = fault.match === undefined ? undefined : new RegExp(fault.match, 'is');
        active.push({ ...fault, id: lastId, seen: 0, struck: 0, pattern });
      }
      return shown();
    },
    list: shown,
    clear() {
      active = [];
    },
    strike(service, operation, request) {
      for (const fault of active) {
        if (!names(fault.service?.toLowerCase(), service) || !names(fault.operation, operation)) continue;
        if (fault.pattern && !fault.pattern.test(request)) continue;
        if (fault.struck >= (fault.times ?? 1)) continue;
        fault.seen += 1;
        if (fault.seen <= (fault.after ?? 0)) continue;
        fault.struck += 1;
        return fault;
      }
      return undefined;
    },
  };
}

function names(wanted: string | undefined, name: string): boolean {
  return wanted === undefined || wanted === '*' || wanted === name;
}

function checkFault(input: unknown): Fault {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new FaultInputError('a fault is a JSON object, or a list of them');
  for (const [name, value] of Object.entries(input)) {
    const check = Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof Fault] : undefined;
    if (!check) throw new FaultInputError(`unknown field ${name}: a fault has ${Object.keys(FIELDS).join(', ')}`);
    if (!check(value)) throw new FaultInputError(`${name}: ${JSON.stringify(value)} is not allowed`);
  }
  const fault = input as Fault;
  if (fault.service?.toLowerCase() !== 'athena-query' && !/^[\x20-\x7e]*$/.test(fault.error ?? ''))
    throw new FaultInputError(`error: ${JSON.stringify(fault.error)} is not allowed`);
  try {
    if (fault.match !== undefined) new RegExp(fault.match);
  } catch {
    throw new FaultInputError(`match: ${fault.match} is no regular expression`);
  }
  return fault;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
