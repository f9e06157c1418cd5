import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { strikingPorts } from './crash.ts';
import { copyMemory, fault, type Memory, type MemoryPorts, memoryPorts } from './memory.ts';
import { toldIn, tooSoon, untoldFailures, untoldLoads } from './notices.ts';
import { DAYS, DEFINITIONS, definitionsWith, dropDay, outcome, run, stage, visible } from './stage.ts';

// Who is told what, and when. That nobody is told too soon or never, wherever a run is struck, is in crash.test.ts.

let start: Memory;
before(async () => {
  start = await stage();
  start.notices.length = 0;
});

const only = (mode: string) => ({ tables: [`raw.${mode}`] });
const messages = (memory: Memory) =>
  memory.notices.map(({ message }) => JSON.parse(message) as Readonly<Record<string, unknown>>);

test('a load is told of when it is recorded and before its intent is taken back, and nothing due of none', async () => {
  const memory = copyMemory(start);
  const { ports, log } = strikingPorts(memory, new Map());
  const summary = await run(memory, ports, {}, only('partitions'));
  const at = log.indexOf('sns:publish');
  const before = (name: string) => log.slice(0, at).lastIndexOf(name);
  assert.ok(before('glue:createPartitions') < before('s3:put') && before('glue:createPartitions') > 0, log.join(' '));
  assert.ok(log.slice(at).includes('glue:deleteTable') && log.slice(at).includes('s3:put'), log.join(' '));
  const [told, ...more] = messages(memory);
  const { published, rows, bytesWritten, loads } = summary.tables[0]!;
  assert.deepEqual(more, []);
  assert.deepEqual(
    [told?.state, told?.table, told?.environment, told?.load_id, told?.partition_count, told?.rows, told?.bytes],
    ['loaded', 'raw.partitions', 'local', loads[0], published, rows, bytesWritten],
  );
  assert.deepEqual([told?.partitions, told?.commit, told?.run], [DAYS.slice(1), 'c0ffee', undefined]);
  await run(memory, memoryPorts(memory), {}, only('partitions'));
  assert.equal(memory.notices.length, 1, 'nothing was due');
});

test('who is told can see the run, and nobody is told where there is no topic', async () => {
  const memory = copyMemory(start);
  const holder = { run: 'https://github.com/o/r/actions/runs/7', host: 'h', pid: 1_000_000 };
  await run(memory, memoryPorts(memory), { holder }, only('replace'));
  assert.deepEqual(
    messages(memory).map(({ run }) => run),
    [holder.run],
  );
  const { sns: _, ...ports } = memoryPorts(memory);
  await run(memory, ports, {}, only('partitions'));
  assert.equal(memory.notices.length, 1);
});

const WARNED = definitionsWith((path, text) =>
  path.endsWith('raw/partitions/table.yaml')
    ? text.replace('checks: [{ not_null: line }]', 'checks: [{ not_null: line, severity: warn }]')
    : text,
);

describe('checks', () => {
  test('of severity error: the good partitions are told as loaded, the table as failed', async () => {
    const memory = copyMemory(start);
    dropDay(memory, DAYS[2], 'bad');
    const { tables } = await run(memory, memoryPorts(memory), {}, only('partitions'));
    assert.equal(tables[0]?.state, 'failed');
    const [loaded, failed, ...more] = messages(memory);
    assert.deepEqual(more, []);
    assert.deepEqual([loaded?.state, loaded?.partitions], ['loaded', [DAYS[1], DAYS[3]]]);
    const errors = failed?.errors as { message: string; cure: string }[];
    assert.deepEqual([failed?.state, failed?.load_id, errors.length], ['failed', undefined, 1]);
    assert.match(errors[0]!.message, /check not_null_line in 2025-03-03/);
    assert.ok(errors[0]!.cure);
  });

  test('of severity warn are in the notice of the load, also where the next run sends it', async () => {
    const bad = copyMemory(start);
    dropDay(bad, DAYS[2], 'bad');
    for (const killed of [false, true]) {
      const memory = copyMemory(bad);
      const over = { definitions: WARNED };
      if (killed) {
        await killedAt(memory, 'sns:publish', over);
        assert.equal(memory.notices.length, 0);
      }
      await run(memory, memoryPorts(memory), over, only('partitions'));
      const [told, ...more] = messages(memory);
      assert.deepEqual(more, []);
      const [warning, ...others] = told?.warnings as string[];
      assert.deepEqual(others, []);
      assert.match(warning!, /^check not_null_line in 2025-03-03: /);
      assert.equal(told?.partition_count, 3);
    }
  });
});

/** Runs a load that is killed at its first call of a name. */
async function killedAt(memory: Memory, name: string, over: Parameters<typeof run>[2]): Promise<void> {
  const trial = copyMemory(memory);
  const { ports, log } = strikingPorts(trial, new Map());
  await run(trial, ports, over, only('partitions'));
  const at = log.indexOf(name) + 1;
  const struck = strikingPorts(memory, new Map([[at, 'die-before']]));
  await run(memory, struck.ports, over, only('partitions')).catch(() => undefined);
  assert.equal(struck.log.at(-1), name);
}

test('what a killed run published is told by the next one, though the rest of its load is not wanted any more', async () => {
  const memory = copyMemory(start);
  const ports = memoryPorts(memory);
  // Dies with two of three partitions made: the one that is there already is changed by a call of its own.
  const struck = strikingPorts(memory, new Map());
  const dead = (): never => {
    throw new Error('killed');
  };
  let killed = false;
  const glue = {
    ...ports.glue,
    updatePartitions: async () => {
      killed = true;
      return dead();
    },
  };
  const guard = <P extends object>(port: P): P =>
    Object.fromEntries(
      Object.entries(port).map(([name, method]) => [name, (...args: unknown[]) => (killed ? dead() : method(...args))]),
    ) as P;
  const dying = { glue: guard(glue), s3: guard(ports.s3), athena: guard(ports.athena), sns: guard(ports.sns!) };
  await run(memory, dying, {}, only('partitions')).catch(() => undefined);
  assert.ok(killed);
  assert.deepEqual(messages(memory), []);
  assert.deepEqual(Object.keys(visible(memory, 'partitions')), [...DAYS]);
  dropDay(memory, DAYS[1], 'later');
  await run(memory, struck.ports, {}, only('partitions'));
  const partitions = messages(memory).map((each) => each.partitions);
  assert.deepEqual(partitions, [[DAYS[2], DAYS[3]], [DAYS[1]]]);
});

describe('failures', () => {
  test('a lease that another run holds', async () => {
    const memory = copyMemory(start);
    const held: Partial<MemoryPorts['s3']> = { put: async () => undefined };
    let clock = Date.parse('2025-03-05T07:00:00Z');
    const now = (): number => {
      clock += 1_000;
      return clock;
    };
    const ports = memoryPorts(memory);
    const { tables } = await run(memory, { ...ports, s3: { ...ports.s3, ...held } }, { now }, only('partitions'));
    assert.equal(tables[0]?.state, 'failed');
    assert.deepEqual(
      toldIn(memory).map(({ state, table }) => [state, table]),
      [['failed', 'raw.partitions']],
    );
  });

  test('a table that reads one that failed is told as blocked', async () => {
    const memory = copyMemory(start);
    const definitions = definitionsWith((path, text) =>
      path.endsWith('raw/partitions/load.sql')
        ? text.replace(' FROM land.days', ' FROM land.days CROSS JOIN raw.replace')
        : text,
    );
    const ports = memoryPorts(memory);
    const getTable: typeof ports.glue.getTable = async (database, name) => {
      if (name === 'replace') throw fault('denied', 'AccessDeniedException', 'glue:GetTable');
      return ports.glue.getTable(database, name);
    };
    await run(memory, { ...ports, glue: { ...ports.glue, getTable } }, { definitions });
    const bad = toldIn(memory).filter(({ state }) => state !== 'loaded');
    assert.deepEqual(
      bad.map(({ state, table }) => [state, table]),
      [
        ['failed', 'raw.replace'],
        ['blocked', 'raw.partitions'],
      ],
    );
  });
});

test('a notice that cannot be sent is a warning: the load ends as it would have', async () => {
  const undisturbed = copyMemory(start);
  await run(undisturbed, memoryPorts(undisturbed));
  const memory = copyMemory(start);
  const sns = {
    publish: async () => {
      throw fault('denied', 'AuthorizationErrorException', 'sns:Publish');
    },
  };
  const { tables } = await run(memory, { ...memoryPorts(memory), sns });
  assert.deepEqual(outcome(memory), outcome(undisturbed));
  for (const { state, warnings } of tables) {
    assert.equal(state, 'done');
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /notice could not be sent.*AuthorizationErrorException/);
  }
  assert.equal(tables.length, DEFINITIONS.tables.filter(({ load }) => load !== undefined).length);
});

test('what the crash matrix asks of notices can be broken', async () => {
  const memory = copyMemory(start);
  const summary = await run(memory, memoryPorts(memory));
  assert.deepEqual([untoldLoads(start, memory), tooSoon(memory, 0)], [[], []]);
  assert.equal(untoldLoads(start, { ...memory, notices: [] }).length, 3);
  assert.equal(tooSoon({ ...copyMemory(start), notices: memory.notices }, 0).length, 3);
  const failed = summary.tables.map((table) => ({ ...table, state: 'failed' as const }));
  assert.equal(untoldFailures(memory, 0, { ...summary, tables: failed }).length, failed.length);
});
