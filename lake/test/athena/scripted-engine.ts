import {
  type Classification,
  type Engine,
  EngineFailure,
  type EngineRequest,
  type EngineResult,
  type ResultRow,
  scanLimitExceeded,
} from '../../src/athena/engine.ts';

export interface ScriptedEngine extends Engine {
  readonly requests: EngineRequest[];
  /** Lets all statements `hold` end. */
  release(): void;
}

const KINDS: readonly (readonly [RegExp, 'DML' | 'DDL' | 'UTILITY', string])[] = [
  [/^select|^execute|^hold|^fail|^rows|^scan/i, 'DML', 'SELECT'],
  [/^insert/i, 'DML', 'INSERT'],
  [/^create table .* as/i, 'DDL', 'CREATE_TABLE_AS_SELECT'],
  [/^create table/i, 'DDL', 'CREATE_TABLE'],
  [/^show/i, 'UTILITY', 'SHOW_TABLES'],
];

function classify(sql: string): Classification {
  const known = KINDS.find(([pattern]) => pattern.test(sql));
  if (!known)
    return { kind: 'refused', message: `line 1:1: mismatched input '${sql.split(' ')[0]}'. Expecting: <query>` };
  return { kind: 'statement', statementType: known[1], substatementType: known[2] };
}

/** Does what a statement's words say: `rows 5`, `fail CODE words`, `hold`, `scan 100` ... The API is tested, not SQL. */
export function scriptedEngine(): ScriptedEngine {
  const requests: EngineRequest[] = [];
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    requests,
    release,
    classify,
    async execute(request) {
      requests.push(request);
      return perform(request, released);
    },
    async close() {},
  };
}

async function perform(request: EngineRequest, released: Promise<void>): Promise<EngineResult> {
  const [verb = '', first = '', ...rest] = request.sql.split(' ');
  switch (verb.toLowerCase()) {
    case 'fail':
      if (first === 'BUG') throw new TypeError(rest.join(' '));
      throw new EngineFailure(first === '-' ? '' : first, rest.join(' '), { bytesScanned: 77 });
    case 'hold':
      await new Promise<void>((resolve, reject) => {
        request.signal.addEventListener('abort', () => reject(new Error('interrupted')));
        void released.then(resolve);
      });
      return selected([['held']]);
    case 'scan': {
      const bytes = Number(first);
      if (request.workgroup.scanLimit !== undefined && bytes > request.workgroup.scanLimit)
        throw scanLimitExceeded(bytes);
      return { ...selected([['1']]), bytesScanned: bytes };
    }
    case 'rows':
      return { ...selected([]), rows: { kind: 'batches', batches: numbered(Number(first), rest[0] === 'thenfail') } };
    case 'execute': {
      const [text = ''] = [request.prepared.get(first)];
      return { ...selected([[text, request.parameters.join(' ')]]), columns: [varchar('sql'), varchar('parameters')] };
    }
    case 'show':
      return { columns: [varchar('tab_name')], rows: { kind: 'rows', rows: [['a'], ['b'], ['c']] }, bytesScanned: 0 };
    case 'insert':
    case 'create':
      return written(request);
    default:
      return {
        columns: [
          varchar('text'),
          { name: 'n', type: 'bigint' },
          { name: 'd', type: 'decimal', precision: 10, scale: 2 },
        ],
        rows: {
          kind: 'rows',
          rows: [
            ['it "is", so\nthen', '1', '1.50'],
            ['', null, null],
            [null, '-3', '0.00'],
          ],
        },
        bytesScanned: 123,
        planningMs: 4.4,
      };
  }
}

const varchar = (name: string) => ({ name, type: 'varchar' });

function selected(rows: readonly ResultRow[]): EngineResult {
  return { columns: [varchar('n')], rows: { kind: 'rows', rows }, bytesScanned: 10 };
}

function written(request: EngineRequest): EngineResult {
  if (/^create table \w+$/i.test(request.sql)) return { columns: [], rows: { kind: 'none' }, bytesScanned: 0 };
  return {
    columns: [{ name: 'rows', type: 'bigint' }],
    rows: { kind: 'none' },
    updateCount: 42,
    bytesScanned: 5,
    manifest: [`${request.outputLocation}tables/x/part-1`, `${request.outputLocation}tables/x/part-2`],
  };
}

async function* numbered(count: number, fails: boolean): AsyncGenerator<readonly ResultRow[]> {
  for (let from = 0; from < count; from += 500) {
    yield Array.from({ length: Math.min(500, count - from) }, (_, index) => [String(from + index)]);
  }
  if (fails) throw new EngineFailure('HIVE_BAD_DATA', 'a bad row at the end', { bytesScanned: 9 });
}
