import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { adopt } from '../../scripts/commands/load/adopt.ts';
import { rollback } from '../../scripts/commands/rollback.ts';
import type { GluePort } from '../../scripts/core/model/ports.ts';
import { strikingPorts } from './crash.ts';
import { blankTable, copyMemory, type Memory, type MemoryPorts, memoryPorts, putObject } from './memory.ts';
import { contextOf, outcome, run, stage } from './stage.ts';

// What a publish writes, and how it is answered: a reply that is lost is answered by reading within the same run, a version of
// the table is never kept for a change of data alone, and what another program wrote meanwhile is not overwritten.

let start: Memory;
let undisturbed: unknown;
let log: readonly string[] = [];
before(async () => {
  start = await stage();
  const memory = copyMemory(start);
  const striking = strikingPorts(memory, new Map());
  await run(memory, striking.ports);
  undisturbed = outcome(memory);
  log = striking.log;
});

const PUBLISHING = ['glue:createPartitions', 'glue:updatePartitions', 'glue:updateTable'];

test('a lost reply of any write to the catalog needs no other run', async () => {
  for (const name of PUBLISHING) assert.ok(log.includes(name), name);
  for (const [index, name] of log.entries()) {
    if (!PUBLISHING.includes(name)) continue;
    const memory = copyMemory(start);
    const summary = await run(memory, strikingPorts(memory, new Map([[index + 1, 'lost']])).ports);
    assert.deepEqual(outcome(memory), undisturbed, `${name}: ${JSON.stringify(summary)}`);
  }
});

test('a lost reply of any write of a lease needs no other run', async () => {
  const lost = (memory: Memory, at: number): { readonly ports: MemoryPorts; readonly writes: () => number } => {
    const ports = memoryPorts(memory);
    let writes = 0;
    const put: typeof ports.s3.put = async (bucket, key, body, options) => {
      const answer = await ports.s3.put(bucket, key, body, options);
      if (!key.endsWith('/lease.json')) return answer;
      writes += 1;
      // The call layer sends it once more, and S3 refuses: it has changed.
      return writes === at ? undefined : answer;
    };
    return { ports: { ...ports, s3: { ...ports.s3, put } }, writes: () => writes };
  };
  const counting = lost(copyMemory(start), 0);
  await run(copyMemory(start), counting.ports);
  assert.ok(counting.writes() > 15, `${counting.writes()}`);
  for (let at = 1; at <= counting.writes(); at += 1) {
    const memory = copyMemory(start);
    // A run that waits for itself comes to an end.
    let time = Date.parse('2025-03-05T07:00:00Z');
    const sleep = (ms: number): Promise<void> => {
      if (ms > 5_000) return new Promise(() => undefined);
      time += ms;
      return Promise.resolve();
    };
    const summary = await run(memory, lost(memory, at).ports, { now: () => time, sleep });
    assert.deepEqual(outcome(memory), undisturbed, `write ${at}: ${JSON.stringify(summary)}`);
  }
});

/** Ports of which one Glue call is another one. */
function withGlue(memory: Memory, over: (glue: GluePort) => Partial<GluePort>): MemoryPorts {
  const ports = memoryPorts(memory);
  return { ...ports, glue: { ...ports.glue, ...over(ports.glue) } };
}

/** What UpdateTable was asked while `work` went on: whether to keep a version, and which one was read. */
async function updates(memory: Memory, work: (ports: MemoryPorts) => Promise<unknown>): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  await work(
    withGlue(memory, (glue) => ({
      updateTable: (table, options) => {
        seen.push([options.skipArchive, options.versionId === memory.tables.get('raw.replace')!.versionId]);
        return glue.updateTable(table, options);
      },
    })),
  );
  return seen;
}

test('a load keeps no version of a table, and says which one it read', async () => {
  const memory = copyMemory(start);
  assert.deepEqual(await updates(memory, (ports) => run(memory, ports)), [[true, true]]);
});

test('nor does a first load, which points the table to nothing before', async () => {
  const memory = copyMemory(start);
  memory.tables.set('raw.replace', blankTable('raw', 'replace', 's3://raw/replace/'));
  const first = await updates(memory, (ports) => run(memory, ports, {}, { tables: ['replace'] }));
  assert.deepEqual(first, [
    [true, true],
    [true, true],
  ]);
});

test('nor does one that is entered as it is, nor a rollback', async () => {
  const memory = copyMemory(start);
  memory.tables.set('raw.replace', blankTable('raw', 'replace', 's3://raw/replace/'));
  putObject(memory, 'raw/replace/theirs', 'w1');
  const statistics = { bytesScanned: 1, engineMs: 1, totalMs: 1 };
  // The memory's engine does not count the rows of a table that is there.
  const counting = {
    start: async () => 'q',
    wait: async () => ({
      ...({ state: 'succeeded', queryId: 'q', statistics } as const),
      ...{ outputLocation: undefined, manifestLocation: undefined },
    }),
    stop: async () => undefined,
    rows: async () => ({ columns: [], rows: [['1']] }),
  };
  const adopted = await updates(memory, async (ports) => {
    const context = contextOf(memory, { ...ports, athena: counting });
    assert.deepEqual(
      (await adopt(context, { tables: ['raw.replace'], dryRun: false })).map((each) => each.adopted),
      [['all']],
    );
  });
  assert.deepEqual(adopted, [[true, true]]);
  const loaded = copyMemory(start);
  await run(loaded, memoryPorts(loaded));
  const options = {
    table: 'raw.replace',
    from: undefined,
    to: undefined,
    load: undefined,
    release: false,
    dryRun: false,
  };
  assert.deepEqual(await updates(loaded, (ports) => rollback(contextOf(loaded, ports), options)), [[true, true]]);
});

test('a whole table that another program changed meanwhile: words are kept, other columns stop the load', async () => {
  for (const [change, ends] of [
    [{ description: 'Said meanwhile' }, 'done'],
    [{ columns: [{ name: 'line', type: 'bigint', comment: undefined }] }, 'failed'],
  ] as const) {
    const memory = copyMemory(start);
    let changed = false;
    const ports = withGlue(memory, (glue) => ({
      updateTable: async (table, options) => {
        const live = memory.tables.get('raw.replace')!;
        const { description = live.description, columns = live.storage.columns } = change as Partial<{
          description: string;
          columns: typeof live.storage.columns;
        }>;
        const next = { ...live, description, storage: { ...live.storage, columns } };
        if (!changed) memory.tables.set('raw.replace', { ...next, versionId: String(Number(live.versionId) + 1) });
        changed = true;
        return glue.updateTable(table, options);
      },
    }));
    const summary = await run(memory, ports, {}, { tables: ['replace'] });
    assert.equal(summary.tables[0]?.state, ends, JSON.stringify(summary.tables[0]?.errors));
    const { description, storage } = memory.tables.get('raw.replace')!;
    assert.deepEqual(
      [description, storage.columns[0]?.type],
      ends === 'done' ? ['Said meanwhile', 'string'] : [undefined, 'bigint'],
    );
  }
});

test('an entry that fails inside a 200 is told and left, or sent again where it was there already', async () => {
  const days = '["2025-03-03"]';
  for (const [code, ends, published] of [
    // Somebody, a try of this very load whose reply was lost, has made it: it is changed instead.
    ['AlreadyExistsException', 'done', true],
    ['AccessDeniedException', 'failed', false],
  ] as const) {
    const memory = copyMemory(start);
    let refused = 0;
    const ports = withGlue(memory, (glue) => ({
      createPartitions: async (database, name, entries) => {
        const bad = entries.filter((entry) => JSON.stringify(entry.values) === days);
        if (bad.length === 0 || (published && refused > 0)) return glue.createPartitions(database, name, entries);
        refused += 1;
        await glue.createPartitions(
          database,
          name,
          entries.filter((entry) => !bad.includes(entry)),
        );
        return bad.map(({ values }) => ({ values, code, message: 'refused' }));
      },
    }));
    const summary = await run(memory, ports, {}, { tables: ['partitions'] });
    const [table] = summary.tables;
    assert.equal(table!.state, ends, JSON.stringify(table!.errors));
    assert.equal(memory.partitions.get('raw.partitions')!.has(days), published);
    if (published) continue;
    assert.match(
      table!.errors[0]!.message,
      /2 of 3 partitions of raw\.partitions were published: 2025-03-03: AccessDenied/,
    );
    await run(memory, memoryPorts(memory));
    assert.deepEqual(outcome(memory), undisturbed);
  }
});
