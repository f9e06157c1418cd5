import type { LoadContext } from '../../scripts/commands/load/context.ts';
import { copyMemory, fault, type Memory, type MemoryPorts, memoryPorts } from './memory.ts';
import { tooSoon, untoldFailures, untoldLoads } from './notices.ts';
import { MODES, type Mode, run, visible } from './stage.ts';

/** What happens at one AWS call of a run. */
export type Blow =
  /** The process dies before the call, or after it was carried out. */
  | 'die-before'
  | 'die-after'
  /** AWS refuses for good; is busy for longer than the call layer waits; or does it, and the reply is lost. */
  | 'denied'
  | 'busy'
  | 'lost';

export const BLOWS: readonly Blow[] = ['die-before', 'die-after', 'denied', 'busy', 'lost'];

class Dead extends Error {}

/** Ports whose calls are counted; `blows` says what happens at which one. `watch` runs after every call that did something. */
export function strikingPorts(
  memory: Memory,
  blows: ReadonlyMap<number, Blow>,
  watch: () => void = () => undefined,
): StrikingPorts {
  return striking(memoryPorts(memory), blows, watch);
}

export interface StrikingPorts {
  readonly ports: MemoryPorts;
  readonly calls: () => number;
  readonly log: string[];
}

/** The same around any ports, those of a real endpoint too. */
export function striking(
  real: MemoryPorts,
  blows: ReadonlyMap<number, Blow>,
  watch: () => void = () => undefined,
): StrikingPorts {
  const log: string[] = [];
  let dead = false;
  const strike = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    // Other work of the same process gets its turn, as it would while waiting for AWS.
    await Promise.resolve();
    // Statements take their time: the lease is renewed meanwhile.
    if (name === 'athena:wait') await new Promise((resolve) => setImmediate(resolve));
    if (dead) throw new Dead('the process is dead');
    log.push(name);
    const blow = blows.get(log.length);
    if (blow === 'die-before') dead = true;
    if (dead) throw new Dead('the process died');
    if (blow === 'denied') throw fault('denied', 'AccessDeniedException', name);
    if (blow === 'busy') throw fault('passing', 'ThrottlingException', name);
    const answer = await call();
    watch();
    if (blow === 'die-after') dead = true;
    if (dead) throw new Dead('the process died');
    if (blow === 'lost') throw fault('passing', 'TimeoutError', name);
    return answer;
  };
  const wrap = <P extends object>(service: string, port: P): P =>
    Object.fromEntries(
      Object.entries(port).map(([name, method]) => [
        name,
        (...args: unknown[]) =>
          strike(`${service}:${name}`, () => (method as (...a: unknown[]) => Promise<unknown>)(...args)),
      ]),
    ) as P;
  const s3 = wrap('s3', real.s3);
  const list: MemoryPorts['s3']['list'] = async function* (bucket, prefix) {
    const found = await strike('s3:list', async () => {
      const all = [];
      for await (const object of real.s3.list(bucket, prefix)) all.push(object);
      return all;
    });
    yield* found;
  };
  return {
    ports: {
      glue: wrap('glue', real.glue),
      athena: wrap('athena', real.athena),
      s3: { ...s3, list },
      ...(real.sns === undefined ? {} : { sns: wrap('sns', real.sns) }),
    },
    calls: () => log.length,
    log,
  };
}

const REFUSED: readonly Blow[] = ['denied', 'busy'];

/** Mode files, where S3 refuses one of the two new files of a partition: it is set aside, the other is loaded wholly. */
const ONE_ASIDE = ['files d3: d3:B', 'files d3: d3:x'];

export interface CrashRun {
  readonly memory: Memory;
  readonly calls: number;
  readonly log: readonly string[];
  /** Rows that a reader saw of a partition and that were neither the old nor the new ones. */
  readonly torn: readonly string[];
  /** Objects that a partition pointed to at any time, and that were deleted. */
  readonly deleted: readonly string[];
  /** What notices said too soon, or never. */
  readonly told: readonly string[];
}

/** Runs a load on a copy of the lake with blows, then once more without. */
export async function crash(
  before: Memory,
  after: Readonly<Record<Mode, Record<string, string>>>,
  blows: readonly ReadonlyMap<number, Blow>[],
  over: Partial<LoadContext> = {},
): Promise<CrashRun> {
  const memory = copyMemory(before);
  const torn: string[] = [];
  const told: string[] = [];
  const old = visibleAll(before);
  let isAside = false;
  let notices = memory.notices.length;
  const watch = (): void => {
    told.push(...tooSoon(memory, notices));
    notices = memory.notices.length;
    for (const table of MODES) {
      const seen = visible(memory, table);
      for (const [partition, rows] of Object.entries(seen)) {
        if (rows === old[table][partition] || rows === after[table][partition]) continue;
        if (!isAside || !ONE_ASIDE.includes(`${table} ${partition}: ${rows}`))
          torn.push(`${table} ${partition}: ${rows}`);
      }
      for (const partition of Object.keys(old[table])) {
        if (!(partition in seen)) torn.push(`${table} ${partition} is gone`);
      }
    }
  };
  let calls = 0;
  let refused = false;
  const log: string[] = [];
  for (const each of [...blows, new Map<number, Blow>()]) {
    const striking = strikingPorts(memory, each, () => {
      isAside ||= [...each].some(([at, blow]) => blow === 'denied' && striking.log[at - 1] === 's3:get');
      watch();
    });
    const known = memory.notices.length;
    const summary = await run(memory, striking.ports, over).catch((error: unknown) => {
      if (each.size === 0) throw error;
    });
    // A notice that SNS refuses is not sent again.
    if ([...each].some(([at, blow]) => striking.log[at - 1] === 'sns:publish' && REFUSED.includes(blow)))
      refused = true;
    else if (summary) told.push(...untoldFailures(memory, known, summary));
    if (calls === 0) calls = striking.calls();
    log.push(...striking.log, '---');
  }
  if (!refused) told.push(...untoldLoads(before, memory));
  return { memory, calls, log, torn, told, deleted: memory.deleted };
}

export function visibleAll(memory: Memory): Record<Mode, Record<string, string>> {
  return {
    partitions: visible(memory, 'partitions'),
    replace: visible(memory, 'replace'),
    files: visible(memory, 'files'),
  };
}
