import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { gc } from '../../scripts/commands/gc.ts';
import type { LoadContext } from '../../scripts/commands/load/context.ts';
import { acquireLease } from '../../scripts/commands/load/lease.ts';
import { rollback } from '../../scripts/commands/rollback.ts';
import { loadGraph, readLedger, writeLedger } from '../../scripts/core/load/index.ts';
import type { CatalogPartition } from '../../scripts/core/model/catalog.ts';
import { type Memory, memoryPorts, putObject } from './memory.ts';
import { contextOf, DAYS, DEFINITIONS, dropEvents, MODES, outcome, run, stage, visible } from './stage.ts';

/** What hands, clocks and other programs can do to the lake's own records: nothing is lost by it, and nothing stops for good. */

let memory: Memory;
beforeEach(async () => {
  memory = await stage();
});

const control = (mode: string, file: string): string => `raw/weir-control/raw.${mode}/${file}`;

/** A run on another machine, whose clock goes on while it sleeps. */
function alone(): Partial<LoadContext> {
  let clock = Date.parse('2025-03-05T07:00:00Z');
  return {
    now: () => ++clock,
    sleep: async (ms) => {
      clock += ms;
    },
    abandoned: () => false,
  };
}

const INTENT = {
  loadId: 'x',
  location: 's3://raw/partitions/load-x/',
  staging: { database: 'weir_staging', name: 'x' },
};
const HOLDER = { run: 'another', host: 'there', pid: 1 };
const LEASES: Readonly<Record<string, unknown>> = {
  'a list': [],
  null: null,
  'a number': 42,
  'an empty object': {},
  'nobody as its holder': { holder: null, write: 'w', fence: 1, expires: 0 },
  'intents that are none': { holder: HOLDER, write: 'w', fence: 1, expires: 0, intents: [null] },
  'an intent without partitions': { holder: HOLDER, write: 'w', fence: 1, expires: 0, intents: [INTENT] },
  'intents that are no list': { holder: HOLDER, write: 'w', fence: 1, expires: 0, released: 1, intents: 'x' },
  'an end in a hundred years': { holder: HOLDER, write: 'w', fence: 1, expires: 4_900_000_000_000, intents: [] },
  'no number as its end': { holder: HOLDER, write: 'w', fence: 1, expires: 'soon', intents: [] },
};

describe('a lease of a dead run', () => {
  for (const [name, lease] of [...Object.entries(LEASES), ['no JSON', undefined] as const]) {
    test(`with ${name} stops no load for good`, async () => {
      const undisturbed = await stage();
      await run(undisturbed, memoryPorts(undisturbed));
      for (const mode of MODES)
        putObject(memory, control(mode, 'lease.json'), lease === undefined ? '{' : JSON.stringify(lease));
      const summary = await run(memory, memoryPorts(memory), alone());
      assert.deepEqual(
        summary.tables.flatMap((table) => table.errors),
        [],
      );
      assert.deepEqual(outcome(memory), outcome(undisturbed));
    });
  }

  test('that cannot be read lets gc delete nothing', async () => {
    putObject(memory, control('partitions', 'lease.json'), '{');
    const later = { now: () => Date.parse('2025-04-05T07:00:00Z') };
    const context = contextOf(memory, memoryPorts(memory), later);
    await assert.rejects(
      gc(context, { tables: [], olderThanDays: 7, delete: true }),
      /the lease of raw.partitions cannot be read/,
    );
    assert.deepEqual(memory.deleted, []);
  });

  test('that ends in a hundred years is not taken from a run that lives', async () => {
    const [table] = loadGraph(DEFINITIONS).order;
    const path = control(table!.name, 'lease.json');
    const alive = alone();
    let beat = 0;
    const sleep: LoadContext['sleep'] = async (ms) => {
      await alive.sleep!(ms);
      putObject(
        memory,
        path,
        JSON.stringify({ ...(LEASES['an end in a hundred years'] as object), write: `w${++beat}` }),
      );
    };
    putObject(memory, path, JSON.stringify(LEASES['an end in a hundred years']));
    const context = contextOf(memory, memoryPorts(memory), { ...alive, sleep });
    await assert.rejects(acquireLease(context, table!), /is held by another run \(another\)/);
  });
});

describe('a list of loaded files', () => {
  for (const body of ['{', 'null', '[]', '"x"', '{"s3://landing/events/e1.csv":null,"s3://landing/events/e2.csv":5}']) {
    test(`that reads ${body} is written anew`, async () => {
      const undisturbed = await stage();
      await run(undisturbed, memoryPorts(undisturbed));
      putObject(memory, control('files', 'files.json'), body);
      const summary = await run(memory, memoryPorts(memory), alone());
      assert.deepEqual(
        summary.tables.flatMap((table) => table.errors),
        [],
      );
      assert.deepEqual(visible(memory, 'files'), visible(undisturbed, 'files'));
      assert.equal((await run(memory, memoryPorts(memory), alone())).queries, 0);
    });
  }
});

const BAD_LISTS = ['{', 'null', '[null]', '[{}]', '[1,"x"]', '{"length":3}'];

function garble(table: string, change: (parameters: Readonly<Record<string, string>>) => Record<string, string>): void {
  const entries = memory.partitions.get(table)!;
  for (const [key, entry] of entries) {
    const changed: CatalogPartition = { ...entry, parameters: { ...entry.parameters, ...change(entry.parameters) } };
    entries.set(key, changed);
  }
}

describe('a ledger that was changed by hand', () => {
  for (const bad of BAD_LISTS) {
    test(`to ${bad} is no accident of a verb`, async () => {
      for (const table of ['raw.partitions', 'raw.files']) {
        garble(table, () => ({ 'weir.load.sources': bad, 'weir.load.upstream': bad, 'weir.load.previous': bad }));
      }
      const summary = await run(memory, memoryPorts(memory), alone());
      assert.deepEqual(
        summary.tables.flatMap((table) => table.errors),
        [],
      );
      assert.equal(visible(memory, 'files').d2, 'd2:c');
      await gc(contextOf(memory, memoryPorts(memory)), { tables: [], olderThanDays: 7, delete: false });
      const day = { from: DAYS[2], to: DAYS[2] };
      const options = { table: 'raw.partitions', ...day, load: undefined, release: false, dryRun: false };
      await assert.rejects(rollback(contextOf(memory, memoryPorts(memory)), options), /there is no load before/);
    });
  }

  test('so that it names no objects loses no rows: the record of the load names them', async () => {
    await run(memory, memoryPorts(memory));
    garble('raw.files', () => ({ 'weir.load.sources': '[' }));
    dropEvents(memory, 'e4', 'd3:z');
    await run(memory, memoryPorts(memory), alone());
    assert.equal(visible(memory, 'files').d3, 'd3:B d3:x d3:z');
  });

  test('and whose record is gone as well is told, and nothing is made of half of its objects', async () => {
    await run(memory, memoryPorts(memory));
    const seen = visible(memory, 'files');
    garble('raw.files', () => ({ 'weir.load.sources': '[]' }));
    for (const path of [...memory.objects.keys()])
      if (path.startsWith(control('files', 'loads/'))) memory.objects.delete(path);
    dropEvents(memory, 'e4', 'd3:z');
    const summary = await run(memory, memoryPorts(memory), alone());
    assert.match(JSON.stringify(summary.tables), /nothing says what partition d\d is made of/);
    assert.deepEqual(visible(memory, 'files'), seen);
  });
});

test('a ledger fits into a parameter of Glue, however many and long the sources are', () => {
  const key = `s3://b/${'é'.repeat(500)}`;
  const sources = Array.from({ length: 3000 }, (_, at) => ({ key: `${key}${at}`, etag: 'e'.repeat(32), size: 1 }));
  const upstream = Array.from({ length: 9000 }, (_, at) => {
    return { table: 'some_database.some_table', partition: ['2025', '03', '01'], load: `20250301t000000-${at}` };
  });
  const texts = { id: 'x', fingerprint: '', definition: '', time: '', query: '', commit: '' };
  const entry = { ...texts, rows: 1, bytes: 1, sources, upstream, previous: [], held: undefined };
  const parameters = writeLedger(entry);
  for (const [name, value] of Object.entries(parameters)) assert.ok(Buffer.byteLength(value) < 512_000, name);
  assert.equal(parameters['weir.load.source_count'], '3000');
  assert.ok(readLedger(parameters)!.sources.length > 100);
  assert.ok(readLedger(parameters)!.upstream.length > 1000);
});

describe('gc keeps a folder', () => {
  const collect = () =>
    gc(contextOf(memory, memoryPorts(memory), { now: () => Date.parse('2025-04-05T07:00:00Z') }), {
      tables: [],
      olderThanDays: 7,
      delete: true,
    });
  const folder = 'raw/partitions/load-20250101t000000-aaaaaaaa/day=2025-01-01/';

  test('that a partition of another loaded table points to, with its scheme as Hadoop spells it too', async () => {
    for (const scheme of ['s3', 's3a', 's3n']) {
      memory = await stage();
      putObject(memory, `${folder}part`, 'x');
      const [first] = memory.partitions.get('raw.files')!.values();
      const storage = { ...first!.storage, location: `${scheme}://${folder}` };
      memory.partitions.get('raw.files')!.set('["by hand"]', { ...first!, values: ['by hand'], storage });
      await collect();
      assert.deepEqual(memory.deleted, [], scheme);
    }
  });

  test('not, that nothing points to', async () => {
    putObject(memory, `${folder}part`, 'x');
    await collect();
    assert.deepEqual(memory.deleted, [`${folder}part`]);
  });
});

test('days that no lake has data of are refused before millions of them are looked at', async () => {
  const wrong = { from: '0001-01-01', to: '9999-12-31' };
  await assert.rejects(run(memory, memoryPorts(memory), alone(), wrong), /--from 0001-01-01 is no day that a lake has/);
  await assert.rejects(run(memory, memoryPorts(memory), alone(), { to: wrong.to }), /--to 9999-12-31 is no day/);
  const wide = { from: '1990-01-01', to: '2025-12-31', tables: ['raw.partitions'] };
  assert.equal((await run(memory, memoryPorts(memory), alone(), wide)).tables[0]?.state, 'done');
});

test('a partition that is taken away while it is loaded is told, and loaded by the next run', async () => {
  const ports = memoryPorts(memory);
  const start: typeof ports.athena.start = (query) => {
    if (query.sql.includes('raw/partitions/')) memory.partitions.get('raw.partitions')!.delete(`["${DAYS[1]}"]`);
    return ports.athena.start(query);
  };
  const summary = await run(memory, { ...ports, athena: { ...ports.athena, start } });
  assert.match(JSON.stringify(summary.tables), /2025-03-02 of raw.partitions was taken away or written by another/);
  await run(memory, memoryPorts(memory));
  assert.equal(visible(memory, 'partitions')[DAYS[1]], 'b1 b2 b3');
});
