import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { LoadContext } from '../../scripts/commands/load/context.ts';
import { rollback } from '../../scripts/commands/rollback.ts';
import { status } from '../../scripts/commands/status.ts';
import { trace } from '../../scripts/commands/trace.ts';
import { readLedger } from '../../scripts/core/load/index.ts';
import { type Memory, memoryPorts, putObject } from './memory.ts';
import { contextOf, DAYS, dropDay, dropEvents, outcome, run, stage, visible } from './stage.ts';

/** Who may write to a bucket may write what Weir keeps there: nothing of others is touched by it, and nothing ends in a stack. */

let memory: Memory;
beforeEach(async () => {
  memory = await stage();
});

const control = (mode: string, file: string): string => `raw/weir-control/raw.${mode}/${file}`;
const ONLY = { tables: ['raw.partitions'] };
/** A rollback of the day that was loaded again. */
const BACK = { table: 'raw.partitions', from: DAYS[1], to: DAYS[1], load: undefined, release: false, dryRun: false };
const later = (over: Partial<LoadContext> = {}): Partial<LoadContext> => ({ abandoned: () => true, ...over });
/** So deep that no program can write it out again. */
const DEEP = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;

const ID = '20250301t000000-aaaaaaaa';
const OWN = { database: 'weir_staging', name: 'partitions__20250301t000000_aaaaaaaa' };
const PLACE = `s3://raw/partitions/load-${ID}/`;

function forge(intent: object, extra = ''): void {
  const units = [{ values: [DAYS[1]], fingerprint: 'f' }];
  const full = {
    loadId: ID,
    location: PLACE,
    staging: OWN,
    units,
    definition: 'd',
    from: '',
    to: '',
    gaps: false,
    ...intent,
  };
  const lease = {
    holder: { run: 'x', host: 'x', pid: 0 },
    write: 'w',
    fence: 1,
    expires: 0,
    released: 1,
    intents: [full],
  };
  putObject(memory, control('partitions', 'lease.json'), JSON.stringify(lease).replace('"gaps":', `${extra}"gaps":`));
}

describe('a lease that names', () => {
  const victims = [
    { database: 'raw', name: 'files' },
    { database: 'weir_staging', name: 'files__20250301t000000_aaaaaaaa' },
    { database: '', name: '' },
    { database: 'raw', name: '../files' },
  ];
  for (const staging of victims) {
    test(`${staging.database}.${staging.name} as its temporary table drops nothing`, async () => {
      forge({ staging });
      const ports = memoryPorts(memory);
      const dropped: string[] = [];
      const deleteTable: typeof ports.glue.deleteTable = async (database, name) => {
        dropped.push(`${database}.${name}`);
        await ports.glue.deleteTable(database, name);
      };
      const summary = await run(memory, { ...ports, glue: { ...ports.glue, deleteTable } }, later(), ONLY);
      assert.deepEqual(summary.tables[0]!.errors, []);
      assert.match(summary.tables[0]!.warnings.join(), /names a load that is none of this table/);
      assert.deepEqual(
        dropped.filter((name) => !/^weir_staging\.partitions__/.test(name)),
        [],
      );
      assert.deepEqual((outcome(memory) as { intents: unknown[] }).intents, []);
    });
  }

  test('a folder of another table writes nothing there', async () => {
    // As a load of just this would have said it, but for the place.
    const seen: { definition?: string; units?: unknown } = {};
    const spy = await stage();
    const ports = memoryPorts(spy);
    const put: typeof ports.s3.put = async (bucket, key, body, options) => {
      const [intent] = key.endsWith('lease.json') ? (JSON.parse(String(body)).intents ?? []) : [];
      if (intent !== undefined) Object.assign(seen, intent);
      return ports.s3.put(bucket, key, body, options);
    };
    await run(spy, { ...ports, s3: { ...ports.s3, put } }, later(), ONLY);
    assert.ok(seen.definition);
    forge({
      ...seen,
      loadId: ID,
      staging: OWN,
      location: 's3://raw/files/load-20250301t000000-aaaaaaaa/',
      queryId: undefined,
    });
    await run(memory, memoryPorts(memory), later(), ONLY);
    const strays = [...memory.objects.keys()].filter((path) =>
      path.startsWith('raw/files/load-20250301t000000-aaaaaaaa/'),
    );
    assert.deepEqual(strays, []);
    assert.equal(visible(memory, 'partitions')[DAYS[1]], 'b1 b2 b3');
  });
});

describe('what is nested too deep to be written again stops no load:', () => {
  test('in a lease', async () => {
    forge({}, `"junk":${DEEP},`);
    assert.deepEqual((await run(memory, memoryPorts(memory), later(), ONLY)).tables[0]!.errors, []);
  });

  test('in the list of loaded files', async () => {
    putObject(memory, control('files', 'files.json'), `{"s3://landing/events/e1.csv":["x",1,${DEEP}],"y":${DEEP}}`);
    assert.deepEqual(
      (await run(memory, memoryPorts(memory), later(), { tables: ['raw.files'] })).tables[0]!.errors,
      [],
    );
    assert.equal(visible(memory, 'files').d3, 'd3:B d3:x');
  });

  test('in what failed', async () => {
    const texts = '"fingerprint":"","definition":"","loadId":"","time":"","query":"","reason":""';
    putObject(memory, control('partitions', 'failed.json'), `{"[\\"${DAYS[3]}\\"]":{${texts},"junk":${DEEP}}}`);
    dropDay(memory, DAYS[2], 'bad');
    const [table] = (await run(memory, memoryPorts(memory), later(), ONLY)).tables;
    assert.deepEqual(table!.warnings, []);
    assert.equal((await status(contextOf(memory, memoryPorts(memory)), ONLY.tables))[0]!.states.failed, 1);
  });
});

test('a lease with the largest of numbers is readable when it is given back', async () => {
  const lease = {
    holder: { run: 'x', host: 'x', pid: 0 },
    write: 'w',
    fence: Number.MAX_SAFE_INTEGER,
    expires: 0,
    released: 1,
  };
  putObject(memory, control('partitions', 'lease.json'), JSON.stringify(lease));
  let clock = Date.parse('2025-03-05T07:00:00Z');
  const now = (): number => {
    clock += 1_000;
    return clock;
  };
  await run(memory, memoryPorts(memory), later({ now }), ONLY);
  const { fence } = JSON.parse(memory.objects.get(control('partitions', 'lease.json'))!.body);
  assert.ok(Number.isSafeInteger(fence), String(fence));
});

describe('the record of a load that holds', () => {
  const RECORDS = [
    '{"partitions":[null]}',
    '{"partitions":[{"values":null}],"checks":7}',
    '{"partitions":[],"checks":[null,{}]}',
    `{"partitions":[{"values":["${DAYS[1]}"],"sources":5,"upstream":{}}],"checks":{}}`,
    `{"partitions":[{"values":["${DAYS[1]}"],"sources":[null],"upstream":[]}]}`,
  ];
  for (const record of RECORDS) {
    test(`${record} ends no verb`, async () => {
      await run(memory, memoryPorts(memory));
      for (const path of memory.objects.keys()) if (path.includes('/loads/')) putObject(memory, path, record);
      const context = (): LoadContext => contextOf(memory, memoryPorts(memory));
      await trace(context(), 'raw.partitions', DAYS[1]);
      await rollback(context(), BACK);
      assert.equal(visible(memory, 'partitions')[DAYS[1]], 'b1 b2');
      await rollback(context(), { ...BACK, table: 'raw.files', from: undefined, to: undefined, release: true });
      dropEvents(memory, 'e4', 'd3:z');
      assert.deepEqual(
        (await run(memory, memoryPorts(memory), later(), { tables: ['raw.files'] })).tables[0]!.errors,
        [],
      );
    });
  }
});

test('what failed is told in a line of bounded length, whoever wrote it', async () => {
  await run(memory, memoryPorts(memory), {}, ONLY);
  const [entry] = [...memory.partitions.get('raw.partitions')!.values()];
  const { definition, fingerprint: print } = readLedger(entry!.parameters)!;
  const failure = {
    fingerprint: print,
    definition,
    loadId: '',
    time: '9999',
    query: '',
    reason: `a\nb${'x'.repeat(1e6)}`,
  };
  putObject(memory, control('partitions', 'failed.json'), JSON.stringify({ [JSON.stringify(entry!.values)]: failure }));
  const [found] = await status(contextOf(memory, memoryPorts(memory)), ONLY.tables);
  assert.match(found!.failed[0]!.reason, /^a bx+ \.\.\.$/);
  assert.equal(found!.failed[0]!.reason.length, 500);
});

describe('a ledger whose load before is said to be at', () => {
  const PLACES = {
    's3://raw/files/load-x/day=d1/': /which is of raw\.files/,
    's3a://landing/days/2025-03-01/': /which is of land\.days/,
    'file:///etc/passwd': /which is no place in S3/,
    '': /which is no place in S3/,
  };
  for (const [location, told] of Object.entries(PLACES)) {
    test(`${JSON.stringify(location)} is not rolled back to`, async () => {
      await run(memory, memoryPorts(memory), {}, ONLY);
      const entries = memory.partitions.get('raw.partitions')!;
      for (const [key, entry] of entries) {
        const [past] = readLedger(entry.parameters)!.previous;
        const forged = { ...past, id: 'x', rows: 0, bytes: 0, time: '', fingerprint: '', definition: '', location };
        const parameters = { ...entry.parameters, 'weir.load.previous': JSON.stringify([forged]) };
        entries.set(key, { ...entry, parameters });
      }
      const seen = visible(memory, 'partitions');
      await assert.rejects(rollback(contextOf(memory, memoryPorts(memory)), BACK), told);
      assert.deepEqual(visible(memory, 'partitions'), seen);
    });
  }

  test('less than nothing is none', () => {
    const past = { id: 'x', rows: -1, bytes: -1, time: '', fingerprint: '', definition: '', location: 's3://raw/x/' };
    const read = readLedger({ 'weir.load.id': 'y', 'weir.load.previous': JSON.stringify([past]) });
    assert.deepEqual(read!.previous, []);
  });
});
