import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { copyMemory, type Memory, memoryPorts } from './memory.ts';
import { run, stage, visible } from './stage.ts';

// --max-bytes is of the whole run: its tables read no more than that together; what is left is due in the next run, and the runs
// end where one without a cap does.

let start: Memory;
let undisturbed: unknown;
/** Rows, not ledgers: files that come in several runs leave a partition a past. */
const rows = (memory: Memory): unknown => (['partitions', 'replace'] as const).map((mode) => visible(memory, mode));
before(async () => {
  start = await stage();
  const memory = copyMemory(start);
  await run(memory, memoryPorts(memory), {}, { tables: TABLES });
  undisturbed = rows(memory);
});

/** Bytes of the landing files that a statement writes from, by its CTAS: the memory's engine reads these. */
function readBy(memory: Memory, before: ReadonlySet<string>): number {
  let bytes = 0;
  for (const [id, { sql }] of memory.queries) {
    if (before.has(id) || !sql.startsWith('CREATE TABLE')) continue;
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

/** Of files that come in, what their partitions hold already is read too: that is not counted. */
const TABLES = ['raw.partitions', 'raw.replace'];

/** What the sources of everything that is due weigh, and the heaviest of what is loaded as one. */
const LARGEST = 40;

describe('a cap on the bytes of a run', () => {
  for (const cap of [5, 12, 14, 20, 26, LARGEST]) {
    test(`of ${cap}`, async () => {
      const memory = copyMemory(start);
      const before = new Set(memory.queries.keys());
      const summary = await run(memory, memoryPorts(memory), {}, { tables: TABLES, maxBytes: cap });
      const read = readBy(memory, before);
      assert.ok(read <= cap, `${read} bytes`);
      const deferred = summary.tables.reduce((sum, table) => sum + table.deferred, 0);
      const failed = summary.tables.filter((table) => table.state === 'failed');
      assert.deepEqual(failed, []);
      const whole = JSON.stringify(rows(memory)) === JSON.stringify(undisturbed);
      if (!whole) assert.ok(deferred > 0 || cap < LARGEST, 'what is left is told');
      for (let more = 0; more < 8; more += 1)
        await run(memory, memoryPorts(memory), {}, { tables: TABLES, maxBytes: Math.max(cap, LARGEST) });
      assert.deepEqual(rows(memory), undisturbed);
    });
  }
});
