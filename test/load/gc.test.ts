import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { type GcOptions, type GcResult, gc } from '../../scripts/commands/gc.ts';
import { rollback } from '../../scripts/commands/rollback.ts';
import { readLedger } from '../../scripts/core/load/index.ts';
import { strikingPorts } from './crash.ts';
import { copyMemory, type Memory, type MemoryPorts, memoryPorts } from './memory.ts';
import { contextOf, DAYS, dropDay, dropWhole, run, stage, visible } from './stage.ts';

/** What gc takes and what it leaves. Beside other runs: gc-race.test.ts; what points to files: gc-references.test.ts. */

let memory: Memory;
beforeEach(async () => {
  memory = await stage();
  await run(memory, memoryPorts(memory));
});

const collect = (
  olderThanDays: number,
  really = true,
  ports = memoryPorts(memory),
  over: Partial<GcOptions> = {},
): Promise<GcResult> =>
  gc(contextOf(memory, ports, { now: () => Date.parse('2025-03-15T07:00:00Z') }), {
    ...{ tables: [], olderThanDays, delete: really },
    ...over,
  });
const ledger = (day: string) =>
  readLedger(memory.partitions.get('raw.partitions')!.get(JSON.stringify([day]))!.parameters)!;

test('takes what nothing points to, after its time, and only on request', async () => {
  dropDay(memory, DAYS[1], 'b4');
  dropWhole(memory, 'w4');
  await run(memory, memoryPorts(memory));
  dropDay(memory, DAYS[1], 'b5');
  dropWhole(memory, 'w5');
  await run(memory, memoryPorts(memory));
  const kept = [...ledger(DAYS[1]).previous.map((past) => past.location)];
  const before = memory.objects.size;
  const shown = await collect(7, false);
  // The whole table was loaded four times, of which two are kept; the first load of the days is still that of one day.
  assert.deepEqual(
    shown.tables.map((table) => [table.table, table.folders.length]),
    [
      ['raw.files', 0],
      ['raw.partitions', 0],
      ['raw.replace', 1],
    ],
  );
  assert.equal(memory.objects.size, before);
  assert.deepEqual(
    (await collect(30)).tables.map((table) => table.folders.length),
    [0, 0, 0],
  );
  const result = await collect(7);
  assert.deepEqual(
    result.tables.map((table) => table.deleted),
    [0, 0, 1],
  );
  assert.equal(memory.deleted.length, 1);
  assert.equal((await collect(7)).tables[2]!.folders.length, 0);
  assert.equal(visible(memory, 'replace')[''], 'w5');
  for (const location of kept) {
    assert.ok(
      [...memory.objects.keys()].some((path) => path.startsWith(location.replace('s3://', ''))),
      location,
    );
  }
  const day = { table: 'raw.partitions', from: DAYS[1], to: DAYS[1] };
  const back = { ...day, load: undefined, release: false, dryRun: false };
  await rollback(contextOf(memory, memoryPorts(memory)), back);
  assert.equal(visible(memory, 'partitions')[DAYS[1]], 'b4');
});

test('leaves what a load under way writes, what is not a load, and what others point to', async () => {
  const put = (path: string): void => void memory.objects.set(path, { body: 'x', etag: 'e' });
  dropDay(memory, DAYS[0], 'a9');
  const blows = new Map([[await startOfStatement(memory), 'die-after' as const]]);
  await run(memory, strikingPorts(memory, blows).ports).catch(() => undefined);
  const under = [...memory.objects.keys()]
    .filter((path) => path.endsWith('lease.json'))
    .flatMap((path) => JSON.parse(memory.objects.get(path)!.body).intents);
  assert.equal(under.length, 1);
  put('raw/replace/other/file');
  put('raw/replace/load-not-ours/file');
  put('raw/replace/load-20250101t000000-abcdefgh/file');
  put('raw/replace/load-20250102t000000-abcdefgh/file');
  const foreign = memory.tables.get('raw.replace')!;
  memory.tables.set('weir_staging.foreign', {
    ...foreign,
    database: 'weir_staging',
    name: 'foreign',
    storage: { ...foreign.storage, location: 's3://raw/replace/load-20250102t000000-abcdefgh/' },
  });
  const result = await collect(7);
  assert.deepEqual(
    result.tables.flatMap((table) => table.folders.map((folder) => folder.location)),
    ['s3://raw/replace/load-20250101t000000-abcdefgh/'],
  );
  assert.deepEqual(memory.deleted, ['raw/replace/load-20250101t000000-abcdefgh/file']);
  memory.tables.delete('weir_staging.foreign');
  await run(memory, memoryPorts(memory));
  assert.equal(visible(memory, 'partitions')[DAYS[0]], 'a9');
});

test('asks for a day of grace at least', async () => {
  await assert.rejects(collect(0), { cure: /--older-than 1/ });
  await assert.rejects(collect(Number.NaN), { cure: /--older-than 1/ });
  await assert.rejects(collect(Number.POSITIVE_INFINITY), { cure: /--older-than 36500 or less/ });
});

describe('of several folders', () => {
  const collectDays = (ports: MemoryPorts): Promise<GcResult> =>
    collect(7, true, ports, { tables: ['raw.partitions'] });
  const folder = (hour: number): string => `raw/partitions/load-20250101t0${hour}0000-abcdefgh/`;
  beforeEach(() => {
    for (const hour of [1, 2, 3]) memory.objects.set(`${folder(hour)}file`, { body: 'x', etag: 'e' });
  });

  test('one folder that cannot be deleted stops no other, and is told', async () => {
    const ports = memoryPorts(memory);
    const poisoned: typeof ports.s3.delete = async (bucket, keys) => {
      if (keys.some((key) => `raw/${key}`.startsWith(folder(1)))) throw new Error('no right to this one');
      if (keys.some((key) => `raw/${key}`.startsWith(folder(2))))
        return [{ values: [...keys], code: 'AccessDenied', message: 'nor this' }];
      return ports.s3.delete(bucket, keys);
    };
    const {
      tables: [result],
    } = await collectDays({ ...ports, s3: { ...ports.s3, delete: poisoned } });
    assert.deepEqual([result!.folders.length, result!.deleted], [3, 1]);
    assert.match(
      result!.failures.join('\n'),
      /t010000-abcdefgh\/: no right to this one\n.*t020000-abcdefgh\/: nor this/,
    );
    assert.deepEqual(memory.deleted, [`${folder(3)}file`]);
  });

  test('what came to be pointed to since it was looked at is left', async () => {
    const ports = memoryPorts(memory);
    const entries = memory.partitions.get('raw.partitions')!;
    let looks = 0;
    const listPartitions: typeof ports.glue.listPartitions = async (...args) => {
      looks += 1;
      const found = await ports.glue.listPartitions(...args);
      if (looks > 1) return found;
      // Somebody points a day to an old folder once it was seen that nothing does.
      const entry = entries.get(JSON.stringify([DAYS[2]]))!;
      const storage = { ...entry.storage, location: `s3://${folder(2)}` };
      entries.set(JSON.stringify([DAYS[2]]), { ...entry, storage });
      return found;
    };
    await collectDays({ ...ports, glue: { ...ports.glue, listPartitions } });
    assert.equal(memory.deleted.includes(`${folder(2)}file`), false);
    assert.ok(memory.deleted.includes(`${folder(1)}file`));
  });
});

/** The call at which the statement of a changed day has just been started. */
async function startOfStatement(now: Memory): Promise<number> {
  const copy = copyMemory(now);
  const { ports, log } = strikingPorts(copy, new Map());
  await run(copy, ports);
  return log.indexOf('athena:start') + 1;
}
