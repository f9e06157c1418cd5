import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { BLOWS, strikingPorts } from './crash.ts';
import {
  blankTable,
  copyMemory,
  emptyMemory,
  type Memory,
  type MemoryPorts,
  memoryPorts,
  putObject,
} from './memory.ts';
import { dropEvents, run, visible } from './stage.ts';

/** Mode files: what is set aside keeps its rows as they were published, and nothing else back that need not wait. */

let memory: Memory;
beforeEach(async () => {
  memory = emptyMemory();
  const files = blankTable('raw', 'files', 's3://raw/files/');
  const day = { name: 'day', type: 'string', comment: undefined };
  memory.tables.set('raw.files', { ...files, partitionKeys: [day] });
  dropEvents(memory, 'a', 'd1:a1\nd2:a2');
  dropEvents(memory, 'b', 'd1:b1');
  dropEvents(memory, 'c', 'd3:c1');
  assert.deepEqual((await load()).errors, []);
});

const START = { d1: 'd1:a1 d1:b1', d2: 'd2:a2', d3: 'd3:c1' };

async function load(ports: MemoryPorts = memoryPorts(memory), over: Parameters<typeof run>[3] = {}) {
  memory.count += 1;
  const [outcome] = (await run(memory, ports, {}, { tables: ['raw.files'], ...over })).tables;
  return outcome!;
}

const rows = (): Record<string, string> => visible(memory, 'files');
const told = (outcome: { readonly errors: readonly { readonly message: string }[] }): string[] =>
  outcome.errors.map((error) => error.message).toSorted();

describe('a file with bad rows', () => {
  test('is named, and all others of its partition are loaded', async () => {
    for (let index = 1; index <= 9; index += 1)
      dropEvents(memory, `n${index}`, `d1:${index === 6 ? 'bad' : `n${index}`}`);
    dropEvents(memory, 'other', 'd4:x');
    const outcome = await load();
    assert.equal(outcome.errors.length, 1, told(outcome).join('\n'));
    assert.match(told(outcome)[0]!, /^s3:\/\/landing\/events\/n6\.csv: check not_null_line in d1: /);
    assert.deepEqual(rows(), {
      ...START,
      d1: 'd1:a1 d1:b1 d1:n1 d1:n2 d1:n3 d1:n4 d1:n5 d1:n7 d1:n8 d1:n9',
      d4: 'd4:x',
    });
    assert.deepEqual(told(await load()), told(outcome));
  });

  test('or that Athena cannot read, likewise', async () => {
    for (let index = 1; index <= 4; index += 1) dropEvents(memory, `n${index}`, `d${index}:n${index}`);
    const outcome = await load(unreadable('n2.csv'));
    assert.equal(outcome.errors.length, 1, told(outcome).join('\n'));
    assert.match(told(outcome)[0]!, /^s3:\/\/landing\/events\/n2\.csv: .*HIVE_BAD_DATA/);
    assert.deepEqual(rows(), { d1: 'd1:a1 d1:b1 d1:n1', d2: 'd2:a2', d3: 'd3:c1 d3:n3', d4: 'd4:n4' });
  });

  test('of more partitions than a statement writes: none of them shows it', async () => {
    const days = Array.from({ length: 150 }, (_, index) => `p${String(index).padStart(3, '0')}`);
    for (const bad of [days[0], days[149]]) {
      dropEvents(memory, 'wide', days.map((day) => `${day}:${day === bad ? 'bad' : 'w'}`).join('\n'));
      const outcome = await load();
      assert.match(
        told(outcome).join('\n'),
        new RegExp(`^s3://landing/events/wide\\.csv: check not_null_line in ${bad}: [^\n]*$`),
      );
      assert.deepEqual(rows(), START);
    }
    dropEvents(memory, 'wide', days.map((day) => `${day}:w`).join('\n'));
    assert.equal((await load()).published, 150);
    assert.equal(Object.keys(rows()).length, 153);
  });
});

/** What may become of a, of which d1 and d2 are made. */
const FATES: readonly (readonly [name: string, spoil: () => void, fate: RegExp])[] = [
  [
    'whose new rows break a check',
    () => dropEvents(memory, 'a', 'd1:bad\nd5:a5'),
    /has changed since and is set aside/,
  ],
  ['whose new content does not fit', () => void putObject(memory, 'landing/events/a.csv', 'x,y\n1,2'), /is set aside/],
  ['that is gone', () => void memory.objects.delete('landing/events/a.csv'), /is gone from there/],
];

describe('a loaded file', () => {
  for (const [name, spoil, fate] of FATES) {
    test(`${name} keeps its rows; what touches its partitions waits for it, and nothing else`, async () => {
      spoil();
      dropEvents(memory, 'both', 'd1:new\nd4:new');
      dropEvents(memory, 'b', 'd1:b2');
      dropEvents(memory, 'else', 'd3:else\nd6:else');
      const outcome = await load();
      const waits = told(outcome).filter((line) => line.includes(' waits for s3://landing/events/a.csv'));
      assert.ok(waits.length > 0 && waits.every((line) => fate.test(line)), told(outcome).join('\n'));
      assert.ok(
        waits.some((line) => line.includes('/both.csv')),
        waits.join('\n'),
      );
      // Changed with it in one partition, it cannot be tried without it.
      assert.ok(told(outcome).some((line) => line.includes('/b.csv')));
      const now = { ...START, d3: 'd3:c1 d3:else', d6: 'd6:else' };
      assert.deepEqual(rows(), now);
      await load();
      assert.deepEqual(rows(), now);
      // Put back as it was: nothing waits any more.
      const back = copyMemory(memory);
      dropEvents(back, 'a', 'd1:a1\nd2:a2');
      const summary = await run(back, memoryPorts(back), {}, { tables: ['raw.files'] });
      assert.deepEqual(summary.tables[0]!.errors, []);
      assert.deepEqual(visible(back, 'files'), { ...now, d1: 'd1:a1 d1:b2 d1:new', d4: 'd4:new' });
      // A file without rows takes its own away.
      dropEvents(memory, 'a', '');
      assert.deepEqual(told(await load()), []);
      assert.deepEqual(rows(), { ...now, d1: 'd1:b2 d1:new', d2: '', d4: 'd4:new' });
    });

    test(`${name}: days that are asked for are made anew but for its own`, async () => {
      spoil();
      const before = new Map(memory.partitions.get('raw.files')!);
      const outcome = await load(memoryPorts(memory), { from: '2024-01-01', to: '2025-03-04' });
      assert.match(told(outcome).join('\n'), /partition d1 waits for s3:\/\/landing\/events\/a\.csv/);
      assert.deepEqual(rows(), START);
      const moved = ['d1', 'd2', 'd3'].filter((day) => {
        const key = JSON.stringify([day]);
        return memory.partitions.get('raw.files')!.get(key)!.storage.location !== before.get(key)!.storage.location;
      });
      assert.deepEqual(moved, ['d3']);
    });
  }

  test('and another one of its partition, both changed, one of them badly: neither can be loaded alone', async () => {
    dropEvents(memory, 'a', 'd1:A\nd2:A');
    dropEvents(memory, 'b', 'd1:bad');
    dropEvents(memory, 'n', 'd1:n\nd3:n');
    const outcome = await load();
    assert.match(
      told(outcome).join('\n'),
      /events\/a\.csv, s3:\/\/landing\/events\/b\.csv together: check not_null_line in d1/,
    );
    assert.match(told(outcome).join('\n'), /events\/n\.csv waits for/);
    assert.deepEqual(rows(), START);
    dropEvents(memory, 'b', 'd1:B');
    assert.deepEqual(told(await load()), []);
    assert.deepEqual(rows(), { d1: 'd1:A d1:B d1:n', d2: 'd2:A', d3: 'd3:c1 d3:n' });
  });

  test('is never shown by its rejected rows, wherever a load is struck', async () => {
    dropEvents(memory, 'a', 'd1:bad\nd2:a3');
    dropEvents(memory, 'n', 'd1:n\nd3:n');
    dropEvents(memory, 'm', 'd3:m');
    const counting = strikingPorts(copyMemory(memory), new Map());
    await run(copyMemory(memory), counting.ports, {}, { tables: ['raw.files'] });
    const start = memory;
    for (const [index, blow] of BLOWS.entries()) {
      for (let at = 1 + index; at <= counting.calls(); at += BLOWS.length) {
        memory = copyMemory(start);
        const watch = (): void => {
          const { d1, d2 } = rows();
          assert.deepEqual([d1, d2], [START.d1, START.d2], `${blow} at ${at}`);
        };
        await load(strikingPorts(memory, new Map([[at, blow]]), watch).ports).catch((error: unknown) => {
          if (error instanceof assert.AssertionError) throw error;
        });
        await load(strikingPorts(memory, new Map(), watch).ports);
        assert.deepEqual(rows(), { ...START, d3: 'd3:c1 d3:m' }, `${blow} at ${at}`);
      }
    }
  });
});

/** Athena fails where a file of this name is read. */
function unreadable(name: string): MemoryPorts {
  const ports = memoryPorts(memory);
  const read = new Set<string>();
  return {
    ...ports,
    athena: {
      ...ports.athena,
      start: async (query) => {
        const queryId = await ports.athena.start(query);
        if (query.sql.startsWith('CREATE TABLE') && query.sql.includes(name)) read.add(queryId);
        return queryId;
      },
      wait: async (queryId, signal) => {
        const outcome = await ports.athena.wait(queryId, signal);
        const { statistics } = outcome;
        return read.has(queryId)
          ? { state: 'failed', queryId, reason: 'HIVE_BAD_DATA: Malformed', statistics }
          : outcome;
      },
    },
  };
}
