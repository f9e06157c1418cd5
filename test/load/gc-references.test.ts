import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { type GcResult, gc, printGc } from '../../scripts/commands/gc.ts';
import type { CatalogTable } from '../../scripts/core/model/catalog.ts';
import type { GluePort } from '../../scripts/core/model/ports.ts';
import { blankTable, copyMemory, fault, type Memory, memoryPorts, putObject } from './memory.ts';
import { contextOf, run, stage } from './stage.ts';

/** Whatever the catalog knows that points to a folder keeps it from gc, whosever it is. */

interface Theirs {
  readonly name: string;
  readonly type?: string;
  readonly location?: string;
  readonly keys?: readonly string[];
  readonly partitions?: readonly string[];
  readonly parameters?: Readonly<Record<string, string>>;
  readonly serde?: Readonly<Record<string, string>>;
  readonly rest?: Readonly<Record<string, unknown>>;
}

interface Case {
  readonly name: string;
  readonly tables: readonly Theirs[];
  readonly kept?: string;
}

const CASES = parse(readFileSync(join(import.meta.dirname, 'gc-references.yaml'), 'utf8')) as readonly Case[];
const FOLDER = 's3://raw/replace/load-20250101t000000-abcdefgh/';
const FILE = 'raw/replace/load-20250101t000000-abcdefgh/file';

let start: Memory;
before(async () => {
  start = await stage();
  await run(start, memoryPorts(start));
});

function lakeWith(tables: readonly Theirs[]): Memory {
  const memory = copyMemory(start);
  putObject(memory, FILE, 'x');
  for (const {
    name,
    location = '',
    keys = [],
    partitions = [],
    parameters = {},
    serde = {},
    rest = {},
    type,
  } of tables) {
    const [database = '', table = ''] = name.split('.');
    const blank = blankTable(database, table, location);
    const storage = { ...blank.storage, serde: { library: undefined, parameters: serde }, rest };
    const partitionKeys = keys.map((key) => ({ name: key, type: 'string', comment: undefined }));
    const made: CatalogTable = { ...blank, tableType: type, storage, partitionKeys, parameters };
    memory.tables.set(name, made);
    const entries = partitions.map((each, index) => {
      const values = [String(index)];
      return [JSON.stringify(values), { values, storage: { ...storage, location: each }, parameters: {} }] as const;
    });
    memory.partitions.set(name, new Map(entries));
  }
  return memory;
}

function collect(memory: Memory, over: Partial<GluePort> = {}, really = true): Promise<GcResult> {
  const ports = memoryPorts(memory);
  const names = [...new Set([...memory.tables.values()].map((table) => table.database))];
  const listDatabases = async () =>
    names.map((name) => ({ name, description: undefined, location: undefined, parameters: {} }));
  const glue = { ...ports.glue, listDatabases, ...over };
  const context = contextOf(memory, { ...ports, glue }, { now: () => Date.parse('2025-03-15T07:00:00Z') });
  return gc(context, { tables: [], olderThanDays: 7, delete: really });
}

describe('a folder that nothing of its own table points to', () => {
  for (const { name, tables, kept } of CASES) {
    test(name, async () => {
      const memory = lakeWith(tables);
      const { tables: results } = await collect(memory);
      const [found] = results.filter((each) => each.table === 'raw.replace');
      const told = found!.kept.map((each) => [each.location, each.by]);
      assert.deepEqual([told, memory.deleted], kept === undefined ? [[], [FILE]] : [[[FOLDER, kept]], []]);
    });
  }
});

const THEIRS: readonly Theirs[] = [{ name: 'theirs.sales', keys: ['day'], location: 's3://theirs/sales/' }];

test('what cannot be read may point anywhere: nothing is deleted', async () => {
  for (const [api, right] of [
    ['listPartitions', /the partitions of theirs\.sales cannot be read.*AccessDenied/],
    ['listTables', /the tables of theirs cannot be read.*AccessDenied/],
  ] as const) {
    const memory = lakeWith(THEIRS);
    const real = memoryPorts(memory).glue;
    const refuse = async (database: string, table = ''): Promise<never[]> => {
      if (database === 'theirs') throw fault('denied', 'AccessDeniedException', 'glue:Get');
      return (await (real[api] as (...names: string[]) => Promise<never[]>)(database, table)) ?? [];
    };
    await assert.rejects(collect(memory, { [api]: refuse }), {
      message: right,
      cure: /nothing was deleted; give the role/,
    });
    assert.deepEqual(memory.deleted, []);
  }
});

test('a table that is gone meanwhile points nowhere', async () => {
  const memory = lakeWith(THEIRS);
  const real = memoryPorts(memory).glue;
  const listPartitions: GluePort['listPartitions'] = async (database, table) => {
    if (database === 'theirs') throw fault('not-found', 'EntityNotFoundException', 'glue:GetPartitions');
    return real.listPartitions(database, table);
  };
  await collect(memory, { listPartitions });
  assert.deepEqual(memory.deleted, [FILE]);
});

test('the catalog is read only where there is something to delete', async () => {
  const memory = lakeWith(THEIRS);
  memory.objects.delete(FILE);
  const listTables = async (): Promise<never> => assert.fail('the catalog was read');
  const { tables } = await collect(memory, { listTables });
  assert.deepEqual(
    tables.map((table) => table.folders.length),
    [0, 0, 0],
  );
});

test('what is kept for another table is said, with its name', async () => {
  const result = await collect(lakeWith([{ name: 'theirs.whole', location: FOLDER }]), {}, false);
  const lines: string[] = [];
  const { write } = process.stdout;
  process.stdout.write = ((text: string) => lines.push(text) > 0) as typeof write;
  try {
    printGc(result, false);
  } finally {
    process.stdout.write = write;
  }
  assert.deepEqual(lines, ['nothing to collect\n', `kept: ${FOLDER} 1 B, theirs.whole points there\n`]);
});
