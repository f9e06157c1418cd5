import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { previewLoad } from '../../scripts/commands/load.ts';
import type { Definitions } from '../../scripts/core/model/definition.ts';
import { blankTable, emptyMemory, type Memory, memoryPorts } from './memory.ts';
import { contextOf, definitionsWith, dropDay, dropWhole, run } from './stage.ts';

// A day is loaded when it is over where the lake is, whatever the clock of the runner says; also where it has 23 or 25 hours.

const TABLE = { tables: ['raw.partitions'], from: undefined, to: undefined, maxBytes: 1e12 };

function lakeWith(days: readonly string[]): Memory {
  const memory = emptyMemory();
  const day = { name: 'day', type: 'string', comment: undefined };
  memory.tables.set('raw.partitions', {
    ...blankTable('raw', 'partitions', 's3://raw/partitions/'),
    partitionKeys: [day],
  });
  for (const each of days) dropDay(memory, each, 'a');
  return memory;
}

function definitionsIn(zone: string): Definitions {
  return definitionsWith((path, text) => {
    if (path.endsWith('raw/partitions/table.yaml'))
      return `${text}  - { freshness: { days: 0 }, severity: warn }\n`.replace(
        'checks: [{ not_null: line }]\n',
        'checks:\n  - { not_null: line }\n',
      );
    return text.replace('timezone: UTC', `timezone: ${zone}`);
  });
}

// When a schedule runs (an instant in UTC), and the last of the days that it takes; files of the days around are there.
const ROWS = [
  ['UTC', '2025-03-24T07:00:00Z', '2025-03-23'],
  ['Asia/Manila', '2025-03-23T23:00:00Z', '2025-03-23'],
  ['Asia/Manila', '2025-03-23T15:59:59Z', '2025-03-22'],
  ['America/New_York', '2025-03-24T03:59:00Z', '2025-03-22'],
  ['Europe/Berlin', '2025-03-29T22:59:59Z', '2025-03-28'],
  ['Europe/Berlin', '2025-03-29T23:00:00Z', '2025-03-29'],
  ['Europe/Berlin', '2025-03-30T21:59:59Z', '2025-03-29'],
  ['Europe/Berlin', '2025-03-30T22:00:00Z', '2025-03-30'],
  ['Europe/Berlin', '2025-10-26T22:59:59Z', '2025-10-25'],
  ['Europe/Berlin', '2025-10-26T23:00:00Z', '2025-10-26'],
] as const;

describe('yesterday is that of the lake', () => {
  for (const [zone, at, last] of ROWS) {
    test(`${at} in ${zone}: up to ${last}`, async () => {
      const around = Array.from({ length: 5 }, (_, index) => {
        return new Date(Date.parse(last) + (index - 2) * 86_400_000).toISOString().slice(0, 10);
      });
      const memory = lakeWith(around);
      const over = { definitions: definitionsIn(zone), now: () => Date.parse(at) };
      const [preview] = await previewLoad(contextOf(memory, memoryPorts(memory), over), TABLE);
      assert.deepEqual(
        preview!.due.map((unit) => unit.partition),
        around.slice(0, 3),
      );
      const summary = await run(memory, memoryPorts(memory), over, TABLE);
      const [table] = summary.tables;
      assert.deepEqual([table!.state, table!.published], ['done', 3]);
      // Loaded up to yesterday, the newest day is one day old, in this zone.
      assert.match(table!.warnings.join(), /freshness: .* it is 1 day old/);
    });
  }
});

describe('the age of the newest row is counted from today in the lake', () => {
  for (const [zone, at, age] of [
    ['UTC', '2025-03-23T16:00:00Z', 2],
    ['Asia/Manila', '2025-03-23T15:59:59Z', 2],
    ['Asia/Manila', '2025-03-23T16:00:00Z', 3],
    ['America/New_York', '2025-03-24T03:59:00Z', 2],
  ] as const) {
    test(`${at} in ${zone}`, async () => {
      const memory = emptyMemory();
      memory.tables.set('raw.replace', blankTable('raw', 'replace', 's3://raw/replace/'));
      dropWhole(memory, '2025-03-21');
      const ports = memoryPorts(memory);
      // The memory's engine counts no ages: the newest is of the 21st.
      const rows: typeof ports.athena.rows = async (...args) => {
        const found = await ports.athena.rows(...args);
        return { ...found, rows: found.rows.map((row) => [...row, String(Date.parse('2025-03-21') / 86_400_000)]) };
      };
      const definitions = definitionsWith((path, text) => {
        if (path.endsWith('raw/replace/table.yaml')) {
          const checks = 'checks: [{ not_null: line }, { freshness: { column: line, days: 0 }, severity: warn }]';
          return text.replace('checks: [{ not_null: line }]', checks);
        }
        return text.replace('timezone: UTC', `timezone: ${zone}`);
      });
      const over = { definitions, now: () => Date.parse(at) };
      const summary = await run(memory, { ...ports, athena: { ...ports.athena, rows } }, over, { tables: ['replace'] });
      const [table] = summary.tables;
      assert.equal(table!.state, 'done', JSON.stringify(table!.errors));
      assert.match(table!.warnings.join(), new RegExp(`it is ${age} days old`));
    });
  }
});
