import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { strikingPorts } from './crash.ts';
import { copyMemory, emptyMemory, type Memory, memoryPorts } from './memory.ts';
import { DAYS, DEFINITIONS, dropDay, dropEvents, outcome, run, stage, visible } from './stage.ts';

// What a run leaves when it ends in between.

const ONLY = { tables: ['raw.partitions'] };

let start: Memory;
before(async () => {
  start = await stage();
});

test('a statement that a killed run started, and that is not wanted any more, is stopped', async () => {
  const counting = strikingPorts(copyMemory(start), new Map());
  await run(copyMemory(start), counting.ports, {}, ONLY);
  const memory = copyMemory(start);
  const { ports, log } = strikingPorts(memory, new Map());
  await run(memory, ports, {}, ONLY);
  // Killed while it waits for the statement: its id is in the lease by then.
  const at = log.indexOf('athena:wait') + 1;
  assert.ok(at > 0);
  const killed = copyMemory(start);
  await run(killed, strikingPorts(killed, new Map([[at, 'die-before']])).ports, {}, ONLY).catch(() => undefined);
  dropDay(killed, DAYS[1], 'later');
  const stopped: string[] = [];
  const real = memoryPorts(killed);
  const stop: typeof real.athena.stop = async (id) => void stopped.push(id);
  await run(killed, { ...real, athena: { ...real.athena, stop } }, {}, ONLY);
  assert.equal(stopped.length, 1);
  assert.equal(visible(killed, 'partitions')[DAYS[1]], 'later');
});

test('a signal between the checks and the publish publishes nothing and leaves nothing', async () => {
  const memory = copyMemory(start);
  const real = memoryPorts(memory);
  const abort = new AbortController();
  const rows: typeof real.athena.rows = async (...args) => {
    const found = await real.athena.rows(...args);
    abort.abort(new Error('stopped by a signal'));
    return found;
  };
  const stopping = { ...real, athena: { ...real.athena, rows } };
  await assert.rejects(run(memory, stopping, { signal: abort.signal }, ONLY), /stopped by a signal/);
  assert.deepEqual(visible(memory, 'partitions'), visible(start, 'partitions'));
  const { staging, intents } = outcome(memory) as { staging: unknown[]; intents: unknown[] };
  assert.deepEqual([staging, intents], [[], []]);
});

test('a load that a killed run published has its record and one row, of the day on which it began', async () => {
  const definitions = { ...DEFINITIONS, lake: { ...DEFINITIONS.lake, history: { bucket: 'raw' } } };
  const days = [DAYS[1], DAYS[2], DAYS[3]];
  const undisturbed = copyMemory(start);
  const { ports, log } = strikingPorts(undisturbed, new Map());
  await run(undisturbed, ports, { definitions }, ONLY);
  const first = log.findIndex((api) => /glue:(create|update)Partitions/.test(api)) + 1;
  assert.ok(first > 1 && log.length > first + 5, log.join());
  let left = 0;
  for (let at = first; at <= log.length; at += 1) {
    const memory = copyMemory(start);
    const blow = new Map([[at, 'die-after' as const]]);
    await run(memory, strikingPorts(memory, blow).ports, { definitions }, ONLY).catch(() => undefined);
    const isWritten = historyOf(memory).length > 0;
    const now = () => Date.parse('2025-03-05T23:59:00Z') + memory.count * 60_000 * 10;
    await run(memory, memoryPorts(memory), { definitions, now }, ONLY);
    const told = `killed after call ${at}, ${log[at - 1]}`;
    const rows = historyOf(memory);
    assert.deepEqual(rows.map(({ partition_key }) => partition_key).toSorted(), days, told);
    for (const { load_id, path } of rows) {
      assert.ok(path.includes('load_date=2025-03-05/'), told);
      assert.ok(memory.objects.has(`raw/weir-control/raw.partitions/loads/${load_id}.json`), told);
    }
    if (!isWritten) left += 1;
  }
  assert.ok(left > 1);
});

test('a partition of more files than its ledger names can be gone on with wherever a run was killed', async () => {
  const ofFiles = { tables: ['raw.files'] };
  const memory = emptyMemory();
  for (const [name, table] of start.tables) memory.tables.set(name, table);
  for (let each = 1; each <= 1001; each += 1) dropEvents(memory, `e${each}`, `d1:${each}`);
  const real = memoryPorts(memory);
  let updates = 0;
  const mortal = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (all, name) => {
        if (updates < 5) return Reflect.get(all, name);
        return () => {
          throw new Error('killed');
        };
      },
    });
  const updatePartitions: typeof real.glue.updatePartitions = async (...args) => {
    const failures = await real.glue.updatePartitions(...args);
    updates += 1;
    // 200 files a batch: made by the first, and the sixth is the last.
    if (updates === 5) throw new Error('killed');
    return failures;
  };
  const ports = { glue: mortal({ ...real.glue, updatePartitions }), s3: mortal(real.s3), athena: mortal(real.athena) };
  await assert.rejects(run(memory, ports, {}, ofFiles), /^Error: killed$/);
  dropEvents(memory, 'e1', 'd1:one');
  const { tables } = await run(memory, memoryPorts(memory), {}, ofFiles);
  assert.deepEqual(tables[0]!.errors, []);
  const lines = visible(memory, 'files').d1!.split(' ');
  assert.equal(new Set(lines).size, 1001);
  assert.ok(lines.includes('d1:one') && !lines.includes('d1:1'));
});

/** Rows of weir_loads, with the object that they are in. */
function historyOf(memory: Memory): { path: string; load_id: string; partition_key: string }[] {
  return [...memory.objects].flatMap(([path, { body }]) => {
    if (!path.includes('weir-history/loads/')) return [];
    return body
      .trim()
      .split('\n')
      .map((line) => ({ path, ...JSON.parse(line) }));
  });
}
