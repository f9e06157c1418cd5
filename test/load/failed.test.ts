import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { LoadContext } from '../../scripts/commands/load/context.ts';
import { acquireLease, type Lease } from '../../scripts/commands/load/lease.ts';
import { status, type TableStatus } from '../../scripts/commands/status.ts';
import { trace } from '../../scripts/commands/trace.ts';
import { loadGraph } from '../../scripts/core/load/index.ts';
import { BLOWS, type Blow, striking } from './crash.ts';
import { copyMemory, fault, type Memory, type MemoryPorts, memoryPorts, putObject } from './memory.ts';
import {
  contextOf,
  DAYS,
  DEFINITIONS,
  definitionsWith,
  dropDay,
  dropEvents,
  dropWhole,
  type Mode,
  run,
  stage,
} from './stage.ts';

/** What failed is seen afterwards, until it is published, or is something else. */

let memory: Memory;
beforeEach(async () => {
  memory = await stage();
});

const KEPT = (table: Mode): string => `raw/weir-control/raw.${table}/failed.json`;
const E3 = 's3://landing/events/e3.csv';

async function statusOf(table: Mode, over: Partial<LoadContext> = {}): Promise<TableStatus> {
  return (await status(contextOf(memory, memoryPorts(memory), over), [`raw.${table}`]))[0]!;
}

const only = (table: Mode) => ({ tables: [`raw.${table}`] });

/** A statement that Athena ends as failed: the first whose SQL holds a text. */
function failing(reason: string, text: string): MemoryPorts {
  const ports = memoryPorts(memory);
  const wait: MemoryPorts['athena']['wait'] = async (queryId) => {
    const outcome = await ports.athena.wait(queryId);
    if (!memory.queries.get(queryId)!.sql.includes(text)) return outcome;
    return { state: 'failed', queryId, reason, statistics: outcome.statistics };
  };
  return { ...ports, athena: { ...ports.athena, wait } };
}

function otherTypes(): MemoryPorts {
  const ports = memoryPorts(memory);
  const getTable: MemoryPorts['glue']['getTable'] = async (database, name) => {
    const found = await ports.glue.getTable(database, name);
    if (database !== 'weir_staging' || found === undefined) return found;
    const columns = found.storage.columns.map((column) => ({ ...column, type: 'bigint' }));
    return { ...found, storage: { ...found.storage, columns } };
  };
  return { ...ports, glue: { ...ports.glue, getTable } };
}

interface Case {
  readonly table: Mode;
  /** What is dropped before the run. */
  readonly drop?: () => void;
  readonly ports?: () => MemoryPorts;
  /** The partitions that are shown as failed, and one of them to be traced. */
  readonly failed: readonly string[];
  readonly traced: string;
  readonly reason: RegExp;
  /** False where there is no load, or no query, to name. */
  readonly load?: false;
  readonly query?: false;
  readonly checks?: readonly (readonly [string, number])[];
  readonly repair: () => void;
}

const DUE = [DAYS[1], DAYS[2], DAYS[3]];
const REFUSED = 'HIVE_BAD_DATA: Malformed\n  file';
const CASES: Readonly<Record<string, Case>> = {
  'a check that failed, of a partition never loaded': {
    table: 'partitions',
    drop: () => dropDay(memory, DAYS[2], 'bad c1\nbad c2'),
    ...{ failed: [DAYS[2]], traced: DAYS[2], reason: /^failed check: not_null_line$/, checks: [['not_null_line', 2]] },
    repair: () => dropDay(memory, DAYS[2], 'c1'),
  },
  'a statement that failed': {
    table: 'partitions',
    ports: () => failing(REFUSED, 'CREATE TABLE'),
    ...{ failed: DUE, traced: DAYS[1], reason: /^Athena ended the load statement: HIVE_BAD_DATA: Malformed file$/ },
    repair: () => undefined,
  },
  'a check that could not be asked': {
    table: 'replace',
    ports: () => failing(REFUSED, 'AS t'),
    ...{ failed: ['all'], traced: '', reason: /^Athena ended the audit 1 statement: / },
    repair: () => undefined,
  },
  'columns of other types': {
    table: 'replace',
    ports: otherTypes,
    ...{
      failed: ['all'],
      traced: '',
      reason: /^raw\.replace: column line is bigint in the load, string in the table$/,
    },
    repair: () => undefined,
  },
  'a whole table whose check failed': {
    table: 'replace',
    drop: () => dropWhole(memory, 'w1\nbad w2'),
    ...{ failed: ['all'], traced: '', reason: /^failed check: not_null_line$/, checks: [['not_null_line', 1]] },
    repair: () => dropWhole(memory, 'w1\nw4'),
  },
  'a landing file that does not fit': {
    table: 'partitions',
    drop: () => putObject(memory, `landing/days/${DAYS[2]}/file.csv`, 'other\nc1'),
    ...{ failed: [DAYS[2]], traced: DAYS[2], reason: /^s3:\/\/landing\/.*file\.csv:1 does not fit land\.days/ },
    ...{ load: false, query: false },
    repair: () => dropDay(memory, DAYS[2], 'c1'),
  },
  'AWS that refuses': {
    table: 'partitions',
    ports: () => {
      const ports = memoryPorts(memory);
      const start = async (): Promise<string> => {
        throw fault('denied', 'AccessDeniedException', 'athena:StartQueryExecution');
      };
      return { ...ports, athena: { ...ports.athena, start } };
    },
    ...{ failed: DUE, traced: DAYS[1], reason: /AccessDenied/, query: false },
    repair: () => undefined,
  },
  'an object that does not fit': {
    table: 'files',
    drop: () => putObject(memory, E3.slice('s3://'.length), 'other\nd3:x'),
    ...{ failed: [E3], traced: E3, reason: /e3\.csv:1 does not fit land\.events/, load: false, query: false },
    repair: () => dropEvents(memory, 'e3', 'd3:x'),
  },
  'an object whose rows break a check': {
    table: 'files',
    drop: () => dropEvents(memory, 'e3', 'd3:x\nbad:y'),
    ...{ failed: [E3], traced: E3, reason: /^failed check: not_null_line$/, checks: [['not_null_line', 1]] },
    repair: () => dropEvents(memory, 'e3', 'd3:x'),
  },
  'a statement of files that failed': {
    table: 'files',
    ports: () => failing(REFUSED, 'CREATE TABLE'),
    ...{ failed: ['s3://landing/events/e1.csv', E3], traced: E3, reason: /HIVE_BAD_DATA/ },
    repair: () => undefined,
  },
};

describe('shown and traced until it is published:', () => {
  for (const [name, each] of Object.entries(CASES)) {
    test(name, async () => {
      each.drop?.();
      const due = (await statusOf(each.table)).states.due;
      await run(memory, each.ports?.() ?? memoryPorts(memory), {}, only(each.table));
      const seen = await statusOf(each.table);
      const shown = seen.failed.map((part) => part.partition);
      assert.deepEqual([shown, seen.states.failed], [each.failed, each.failed.length]);
      const found = await trace(contextOf(memory, memoryPorts(memory)), `raw.${each.table}`, each.traced);
      assert.match(found.state, /^failed, and due \(.*\): the next run tries it again$/);
      assert.match(found.failed!.reason, each.reason);
      assert.match(found.failed!.time, /^2025-03-05T07:00:00/);
      assert.equal(found.failed!.loadId !== '', each.load ?? true);
      assert.equal(found.failed!.query !== '', each.query ?? true);
      const checks = found.failed!.checks.map((check) => [check.name, check.count] as const);
      assert.deepEqual(checks, each.checks ?? []);
      assert.ok(seen.states.due + seen.states.failed <= due);

      each.repair();
      await run(memory, memoryPorts(memory), {}, only(each.table));
      const after = await statusOf(each.table);
      assert.deepEqual([after.failed, after.states.due], [[], 0]);
      assert.equal(memory.objects.get(KEPT(each.table))?.body, '{}\n');
    });
  }
});

describe('of days that failed', () => {
  beforeEach(async () => {
    dropDay(memory, DAYS[2], 'bad c1');
    await run(memory, memoryPorts(memory));
  });

  test('the calendar has a letter, and nothing else is failed', async () => {
    const tables = await status(contextOf(memory, memoryPorts(memory)), []);
    assert.deepEqual(
      tables.map(({ states, applied }) => [states.loaded, states.due, states.failed, applied]),
      [
        [3, 0, 0, true],
        [3, 0, 1, true],
        [1, 0, 0, true],
      ],
    );
    assert.deepEqual((await statusOf('partitions')).calendar, ['2025-03  ##x#']);
  });

  test('a corrected file, and another definition, are due and have not failed', async () => {
    const definitions = definitionsWith((path, text) =>
      path.endsWith('raw/partitions/load.sql') ? text.replace('line', "concat(line, '!') AS line") : text,
    );
    assert.deepEqual((await statusOf('partitions', { definitions })).failed, []);
    dropDay(memory, DAYS[2], 'c1');
    const { states, failed } = await statusOf('partitions');
    assert.deepEqual([states.due, failed], [1, []]);
  });

  test('a run of other days leaves them, one that finds nothing to do too', async () => {
    const days = { from: DAYS[0], to: DAYS[0] };
    await run(memory, memoryPorts(memory), {}, { ...only('partitions'), ...days });
    assert.equal((await statusOf('partitions')).states.failed, 1);
  });

  test('each further attempt is told with its own time and load', async () => {
    const [before] = (await statusOf('partitions')).failed;
    await run(memory, memoryPorts(memory));
    const [after] = (await statusOf('partitions')).failed;
    assert.ok(after!.time > before!.time && after!.loadId !== before!.loadId);
  });

  test('a source that is gone leaves nothing that failed', async () => {
    memory.objects.delete(`landing/days/${DAYS[2]}/file.csv`);
    assert.deepEqual((await statusOf('partitions')).failed, []);
  });
});

for (const [table, traced] of [
  ['partitions', DAYS[0]],
  ['replace', ''],
  ['files', 's3://landing/events/e2.csv'],
] as const) {
  test(`what is loaded and was asked for again in vain has failed, until it is asked for with success: ${table}`, async () => {
    await run(memory, memoryPorts(memory));
    memory.count += 1;
    const again = { ...only(table), from: DAYS[0], to: DAYS[0] };
    await run(
      memory,
      failing(REFUSED, 'CREATE TABLE'),
      {},
      table === 'files' ? { ...again, from: '2020-01-01' } : again,
    );
    const found = await trace(contextOf(memory, memoryPorts(memory)), `raw.${table}`, traced);
    assert.deepEqual([found.state, found.failed!.query === ''], ['failed', false]);
    assert.equal((await run(memory, memoryPorts(memory))).queries, 0, 'it is not due');
    memory.count += 1;
    await run(memory, memoryPorts(memory), {}, again);
    assert.deepEqual((await statusOf(table)).failed, []);
  });
}

describe('the object that keeps them', () => {
  /** Strikes the run at its write of the object. */
  async function struck(blow: Blow): Promise<void> {
    const at = async (of: Memory, blows: ReadonlyMap<number, Blow>): Promise<number> => {
      const ports = memoryPorts(of);
      let found = 0;
      const put: MemoryPorts['s3']['put'] = (bucket, key, ...rest) => {
        if (`${bucket}/${key}` === KEPT('partitions')) found = all.calls();
        return ports.s3.put(bucket, key, ...rest);
      };
      const all = striking({ ...ports, s3: { ...ports.s3, put } }, blows);
      await run(of, all.ports, {}, only('partitions')).catch(() => undefined);
      return found;
    };
    const call = await at(copyMemory(memory), new Map());
    assert.ok(call > 0, 'it is written');
    await at(memory, new Map([[call, blow]]));
  }

  for (const blow of BLOWS) {
    test(`${blow} where a failure is put in: the next run is right`, async () => {
      dropDay(memory, DAYS[2], 'bad c1');
      await struck(blow);
      const isKept = blow === 'die-after' || blow === 'lost';
      assert.equal((await statusOf('partitions')).states.failed, isKept ? 1 : 0);
      await run(memory, memoryPorts(memory));
      assert.equal((await statusOf('partitions')).states.failed, 1);
      dropDay(memory, DAYS[2], 'c1');
      await run(memory, memoryPorts(memory));
      const { states } = await statusOf('partitions');
      assert.deepEqual([states.loaded, states.failed, states.due], [4, 0, 0]);
    });

    test(`${blow} where a failure is taken out: what is published has not failed`, async () => {
      await run(memory, failing(REFUSED, 'CREATE TABLE'));
      memory.count += 1;
      await struck(blow);
      const { states } = await statusOf('partitions');
      assert.deepEqual([states.loaded, states.failed, states.due], [4, 0, 0]);
    });
  }

  test('is not written by a load that has nothing to tell', async () => {
    await run(memory, memoryPorts(memory));
    assert.deepEqual(
      [...memory.objects.keys()].filter((path) => path.endsWith('/failed.json')),
      [],
    );
  });

  test('that cannot be written is a warning, and the load has ended as it has', async () => {
    dropDay(memory, DAYS[2], 'bad c1');
    const ports = memoryPorts(memory);
    const put: MemoryPorts['s3']['put'] = async (bucket, key, ...rest) => {
      if (key.endsWith('/failed.json')) throw fault('denied', 'AccessDenied', 's3:PutObject');
      return ports.s3.put(bucket, key, ...rest);
    };
    const { tables } = await run(memory, { ...ports, s3: { ...ports.s3, put } }, {}, only('partitions'));
    assert.deepEqual([tables[0]?.published, tables[0]?.errors.length], [2, 1]);
    assert.match(tables[0]!.warnings.join(), /which partitions failed could not be kept for status: .*AccessDenied/);
  });

  test('is not written by a run whose lease another one has taken', async () => {
    dropDay(memory, DAYS[2], 'bad c1');
    const ports = memoryPorts(memory);
    const table = loadGraph(DEFINITIONS).order.find(({ name }) => name === 'partitions')!;
    let other: Lease | undefined;
    const get: MemoryPorts['s3']['get'] = async (bucket, key, ...rest) => {
      if (`${bucket}/${key}` === KEPT('partitions')) other ??= await acquireLease(contextOf(memory, ports), table);
      return ports.s3.get(bucket, key, ...rest);
    };
    await run(memory, { ...ports, s3: { ...ports.s3, get } }, {}, only('partitions'));
    assert.ok(other !== undefined);
    await other.release();
    assert.equal(memory.objects.get(KEPT('partitions')), undefined);
  });

  for (const body of [
    '{',
    'null',
    '[]',
    '"x"',
    '[null]',
    `{"[\\"${DAYS[2]}\\"]":5}`,
    `{"[\\"${DAYS[2]}\\"]":{"time":1}}`,
  ]) {
    test(`that reads ${body} is as if it were empty`, async () => {
      putObject(memory, KEPT('partitions'), body);
      assert.deepEqual((await statusOf('partitions')).failed, []);
      dropDay(memory, DAYS[2], 'bad c1');
      const { tables } = await run(memory, memoryPorts(memory), {}, only('partitions'));
      assert.deepEqual([tables[0]?.published, tables[0]?.warnings], [2, []]);
      assert.deepEqual((await statusOf('partitions')).calendar, ['2025-03  ##x#']);
    });
  }
});

test('tables that are not in the catalog as they are defined are told, one and all', async () => {
  memory.tables.delete('raw.files');
  memory.tables.set('raw.replace', { ...memory.tables.get('raw.replace')!, partitionKeys: [] });
  const live = memory.tables.get('raw.partitions')!;
  memory.tables.set('raw.partitions', { ...live, partitionKeys: [] });
  const found = await status(contextOf(memory, memoryPorts(memory)), []);
  assert.deepEqual(
    found.map(({ table, applied, pending }) => [table, applied, pending]),
    [
      ['raw.files', false, 'raw.files is not in the catalog'],
      ['raw.partitions', false, 'raw.partitions has other columns in the catalog than in its definition'],
      ['raw.replace', true, undefined],
    ],
  );
});
