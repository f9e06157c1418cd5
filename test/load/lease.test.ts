import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { LoadContext } from '../../scripts/commands/load/context.ts';
import { acquireLease } from '../../scripts/commands/load/lease.ts';
import { loadGraph } from '../../scripts/core/load/index.ts';
import { copyMemory, fault, type Memory, type MemoryPorts, memoryPorts } from './memory.ts';
import { contextOf, DEFINITIONS, outcome, run, stage } from './stage.ts';

/** A lease is kept from taking it to giving it back, whatever takes how long: another run waits, and no work is wasted. */

let start: Memory;
before(async () => {
  start = await stage();
});

const MINUTE = 60_000;

/** A clock that jumps to the next sleeper whenever nothing else is to be done. */
class Clock {
  time = Date.parse('2025-03-05T07:00:00Z');
  readonly sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();

  readonly now = (): number => this.time;

  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const sleeper = { until: this.time + ms, wake: resolve };
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.sleepers.delete(sleeper);
        resolve();
      });
    });

  async drive<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const ended = work.finally(() => {
      over = true;
    });
    ended.catch(() => undefined);
    for (;;) {
      for (let turn = 0; turn < 20 && !over; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      if (over) return ended;
      const [next] = [...this.sleepers].toSorted((a, b) => a.until - b.until);
      assert.ok(next, 'nothing is waited for');
      this.sleepers.delete(next);
      this.time = Math.max(this.time, next.until);
      next.wake();
    }
  }
}

/** Ports of which some calls take five minutes. */
function slow(memory: Memory, clock: Clock, isSlow: (call: string, args: readonly unknown[]) => boolean): MemoryPorts {
  const wrap = <P extends object>(service: string, port: P): P =>
    Object.fromEntries(
      Object.entries(port).map(([name, method]) => [
        name,
        async (...args: unknown[]) => {
          if (isSlow(`${service}:${name}`, args)) await clock.sleep(5 * MINUTE);
          return (method as (...all: unknown[]) => Promise<unknown>)(...args);
        },
      ]),
    ) as P;
  const real = memoryPorts(memory);
  const { list } = real.s3;
  return { glue: wrap('glue', real.glue), athena: wrap('athena', real.athena), s3: { ...wrap('s3', real.s3), list } };
}

const statementOf = (memory: Memory, [queryId]: readonly unknown[]): string =>
  memory.queries.get(String(queryId))?.sql ?? '';

const PHASES: Readonly<Record<string, (memory: Memory, call: string, args: readonly unknown[]) => boolean>> = {
  'the look at the landing files': (_, call, args) => call === 's3:get' && args[0] === 'landing',
  'the statement that writes': (memory, call, args) =>
    call === 'athena:wait' && statementOf(memory, args).startsWith('CREATE TABLE'),
  'the audit': (memory, call, args) => call === 'athena:wait' && / AS t\b/.test(statementOf(memory, args)),
  'the audit of types': (_, call, args) => call === 'glue:getTable' && args[0] === 'weir_staging',
  'the publish': (_, call) => /^glue:(create|update)(Partitions|Table)$/.test(call),
  'the record': (_, call, args) => call === 's3:put' && /\/loads\//.test(String(args[1])),
};

describe('while another run tries', () => {
  for (const [phase, isSlow] of Object.entries(PHASES)) {
    test(`five minutes for ${phase} lose no lease`, async () => {
      const undisturbed = copyMemory(start);
      await run(undisturbed, memoryPorts(undisturbed));
      const memory = copyMemory(start);
      const clock = new Clock();
      const over: Partial<LoadContext> = { now: clock.now, sleep: clock.sleep, abandoned: () => false };
      let slept = 0;
      const ports = slow(memory, clock, (call, args) => {
        const found = isSlow(memory, call, args);
        slept += Number(found);
        return found;
      });
      const first = run(memory, ports, over);
      const second = clock.sleep(MINUTE).then(() => run(memory, memoryPorts(memory), over));
      const [one, two] = await clock.drive(Promise.all([first, second]));
      assert.ok(slept > 0, 'nothing was slow');
      assert.deepEqual(
        one.tables.flatMap((table) => table.errors),
        [],
      );
      assert.equal(one.tables.filter((table) => table.state === 'done').length, 3);
      for (const { message } of two.tables.flatMap((table) => table.errors)) {
        assert.match(message, /^raw\.\w+ is held by another run \(run \d+\)$/);
      }
      const statements = (of: Memory): number =>
        [...of.queries.values()].filter((query) => query.sql.startsWith('CREATE TABLE')).length;
      assert.equal(statements(memory), statements(undisturbed), 'no statement was for nothing');
      assert.deepEqual(outcome(memory), outcome(undisturbed));
    });
  }
});

const [TABLE] = loadGraph(DEFINITIONS).order;

test('a renewal that S3 did not answer, or whose reply was lost, loses no lease', async () => {
  const memory = copyMemory(start);
  const clock = new Clock();
  const real = memoryPorts(memory);
  let puts = 0;
  const put: MemoryPorts['s3']['put'] = async (...args) => {
    puts += 1;
    if (puts === 2) throw fault('passing', 'SlowDown', 's3:PutObject');
    const answer = await real.s3.put(...args);
    if (puts === 3) throw fault('passing', 'TimeoutError', 's3:PutObject');
    return answer;
  };
  const ports = { ...real, s3: { ...real.s3, put } };
  const context = contextOf(memory, ports, { now: clock.now, sleep: clock.sleep });
  const lease = await acquireLease(context, TABLE!);
  await clock.drive(lease.during(clock.sleep(4 * MINUTE)));
  assert.ok(puts > 5, `${puts} puts`);
  await lease.hold();
  await lease.release();
  await lease.release();
  assert.equal(clock.sleepers.size, 0, 'nothing renews a lease that was given back');
});

test('a run that slept while another took its lease is told at once, and renews no more', async () => {
  const memory = copyMemory(start);
  const clock = new Clock();
  const context = contextOf(memory, memoryPorts(memory), { now: clock.now, sleep: clock.sleep });
  const lease = await acquireLease(context, TABLE!);
  clock.time += 10 * MINUTE;
  const other = await acquireLease(
    contextOf(memory, memoryPorts(memory), { now: clock.now, sleep: clock.sleep, abandoned: () => false }),
    TABLE!,
  );
  await assert.rejects(clock.drive(lease.during(new Promise(() => undefined))), /another run took over/);
  await assert.rejects(lease.hold(), /another run took over/);
  await other.hold();
  await Promise.allSettled([lease.release(), other.release()]);
  assert.equal(clock.sleepers.size, 0);
});
