import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { LoadSummary, TableOutcome } from '../../scripts/commands/load.ts';
import { copyMemory, type Memory, memoryPorts } from './memory.ts';
import { dropEvents, MODES, type Mode, run, stage, visible } from './stage.ts';

// --max-bytes is of the whole run: its tables read no more than that together; what is left is due in the next run, and the runs
// end where one without a cap does.

let start: Memory;
let undisturbed: Memory;
/** Rows, not ledgers: files that come in several runs leave a partition a past. */
const rows = (memory: Memory): unknown => MODES.map((mode) => visible(memory, mode));
before(async () => {
  start = await stage();
  const memory = copyMemory(start);
  await run(memory, memoryPorts(memory));
  undisturbed = memory;
});

/** Bytes of the landing files that statements read: CTAS, and the question where rows of files go. */
function readBy(memory: Memory, before: ReadonlySet<string>): number {
  let bytes = 0;
  for (const [id, { sql }] of memory.queries) {
    if (before.has(id) || !/^(CREATE TABLE|SELECT weir_path)/.test(sql)) continue;
    const listed = [...sql.matchAll(/'s3:\/\/(landing\/[^']*)'/g)].map((match) => match[1]!);
    const [, from = '', to = '9'] = /BETWEEN DATE '(.*?)' AND DATE '(.*?)'/.exec(sql) ?? [];
    const only = /\nWHERE day IN \((.*)\)/.exec(sql)?.[1];
    const source = /FROM land\.(\w+)/.exec(sql)?.[1];
    for (const [path, { body }] of memory.objects) {
      const [, folder, day] = /^landing\/(\w+)\/(?:([^/]+)\/)?[^/]+$/.exec(path) ?? [];
      const isRead =
        folder === 'events'
          ? listed.includes(path)
          : folder === source &&
            (day === undefined || (day >= from && day <= to && (only === undefined || only.includes(day))));
      if (isRead) bytes += body.length;
    }
  }
  return bytes;
}

/** What the heaviest of what is loaded as one weighs: a file with its partitions, and to see which they are. */
const LARGEST = 110;

describe('a cap on the bytes of a run', () => {
  for (const cap of [5, 14, 26, 40, 80, LARGEST, 400]) {
    test(`of ${cap}`, async () => {
      const memory = copyMemory(start);
      const before = new Set(memory.queries.keys());
      const summary = await run(memory, memoryPorts(memory), {}, { maxBytes: cap });
      const read = readBy(memory, before);
      assert.ok(read <= cap, `${read} bytes`);
      const failed = summary.tables.filter((table) => table.state === 'failed');
      assert.deepEqual(failed, []);
      for (const mode of MODES) {
        const whole = JSON.stringify(visible(memory, mode)) === JSON.stringify(visible(undisturbed, mode));
        const { deferred, warnings } = outcomeOf(summary, mode);
        assert.equal(deferred > 0, !whole, `${mode}: what is left is told, and nothing else`);
        if (deferred === 0) assert.deepEqual(warnings, []);
      }
      for (let more = 0; more < 8; more += 1)
        await run(memory, memoryPorts(memory), {}, { maxBytes: Math.max(cap, LARGEST) });
      assert.deepEqual(rows(memory), rows(undisturbed));
    });
  }
});

describe('files under a cap', () => {
  const tables = ['raw.files'];
  const load = async (memory: Memory, maxBytes: number): Promise<{ outcome: TableOutcome; read: number }> => {
    const before = new Set(memory.queries.keys());
    const summary = await run(memory, memoryPorts(memory), {}, { tables, maxBytes });
    return { outcome: outcomeOf(summary, 'files'), read: readBy(memory, before) };
  };
  /** Partition d1 holds a file of 1,000 bytes, and small ones come in. */
  async function heavy(): Promise<Memory> {
    const memory = copyMemory(start);
    dropEvents(memory, 'big', `d1:${'x'.repeat(992)}`);
    await run(memory, memoryPorts(memory));
    dropEvents(memory, 'a', 'd1:a');
    dropEvents(memory, 'b', 'd8:b');
    dropEvents(memory, 'c', 'd9:c');
    return memory;
  }

  test('what their partitions hold already is counted, and is told where it is too much; others go on', async () => {
    const memory = await heavy();
    const { outcome, read } = await load(memory, 200);
    assert.deepEqual([outcome.state, outcome.published, outcome.deferred], ['done', 2, 1]);
    assert.ok(read <= 200);
    const [told, ...more] = outcome.warnings;
    assert.match(
      told!,
      /landing\/events\/a\.csv reads 10\d\d bytes .*partition d1 .*the byte cap leaves 200: raise it with --max-bytes$/,
    );
    assert.deepEqual(more, []);
    const needed = Number(/reads (\d+) bytes/.exec(told!)![1]);
    assert.equal((await load(memory, needed - 1)).outcome.deferred, 1);
    const enough = await load(memory, needed);
    assert.deepEqual([enough.outcome.deferred, enough.outcome.published, enough.read], [0, 1, needed]);
  });

  test('a file that is too heavy by itself does not stand before the others', async () => {
    const memory = copyMemory(start);
    await run(memory, memoryPorts(memory));
    dropEvents(memory, '0-first', `d7:${'x'.repeat(992)}`);
    dropEvents(memory, 'z', 'd8:b');
    const { outcome, read } = await load(memory, 1500);
    assert.deepEqual([outcome.published, outcome.deferred], [1, 1]);
    assert.ok(read <= 1500);
    assert.match(outcome.warnings.join(), /0-first\.csv reads 2000 bytes, the byte cap leaves 1500: raise it/);
    assert.equal((await load(memory, 2000)).outcome.deferred, 0);
  });

  test('a batch that fits in parts is loaded in parts, in as many runs as it takes', async () => {
    const memory = copyMemory(start);
    await run(memory, memoryPorts(memory));
    for (let each = 0; each < 20; each += 1) dropEvents(memory, `p${each}`, `d1:${each}`);
    const runs: (readonly [published: number, deferred: number])[] = [];
    while (runs.at(-1)?.[1] !== 0) {
      const { outcome, read } = await load(memory, 300);
      assert.ok(read <= 300, `${read} bytes`);
      runs.push([outcome.published, outcome.deferred]);
      assert.ok(runs.length < 10, JSON.stringify(runs));
    }
    assert.ok(runs.length > 1);
    assert.equal(visible(memory, 'files').d1!.split(' ').length, 21);
  });

  test('where all the room goes into asking where rows go, it is told', async () => {
    const memory = copyMemory(start);
    dropEvents(memory, 'big', `d1:${'x'.repeat(992)}`);
    await run(memory, memoryPorts(memory));
    for (let each = 0; each < 9; each += 1) dropEvents(memory, `p${each}`, `d1:${each}${'y'.repeat(90)}`);
    const { outcome } = await load(memory, 1800);
    assert.deepEqual([outcome.published, outcome.deferred], [0, 9]);
    assert.match(outcome.warnings.join(), /nothing of what waits fits into the 1800 bytes/);
  });

  test('files that break a check, and that there is no room to try apart, are told as such', async () => {
    const memory = copyMemory(start);
    await run(memory, memoryPorts(memory));
    dropEvents(memory, 'p1', 'd7:good');
    dropEvents(memory, 'p2', 'd7:bad');
    const { outcome, read } = await load(memory, 50);
    assert.ok(read <= 50, `${read} bytes`);
    assert.deepEqual([outcome.state, outcome.published, outcome.deferred], ['failed', 0, 0]);
    assert.deepEqual(
      outcome.errors.map(({ message, cure }) => [
        /p\d\.csv, alone or with others: check/.test(message),
        /raise it/.test(cure ?? ''),
      ]),
      [
        [true, true],
        [true, true],
      ],
    );
    const enough = await load(memory, 200);
    assert.deepEqual([enough.outcome.state, enough.outcome.published], ['failed', 1]);
  });
});

function outcomeOf(summary: LoadSummary, mode: Mode): TableOutcome {
  return summary.tables.find(({ table }) => table === `raw.${mode}`)!;
}
