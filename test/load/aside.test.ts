import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { gc } from '../../scripts/commands/gc.ts';
import { adoptedId } from '../../scripts/commands/load/adopted.ts';
import { rollback } from '../../scripts/commands/rollback.ts';
import { withLedger } from '../../scripts/core/load/index.ts';
import { baseLocation } from '../../scripts/core/normalize/actual.ts';
import { BLOWS, strikingPorts } from './crash.ts';
import { blankTable, copyMemory, type Memory, memoryPorts, putObject } from './memory.ts';
import { contextOf, definitionsWith, dropWhole, run, stage, visible } from './stage.ts';

// A whole table before its first load stands above the folders of its loads, and a reader reads every folder below.

let memory: Memory;
beforeEach(async () => {
  memory = await stage();
  memory.tables.set('raw.replace', blankTable('raw', 'replace', 's3://raw/replace/'));
  for (const path of [...memory.objects.keys()])
    if (/^raw\/(replace|weir-control\/raw\.replace)\//.test(path)) memory.objects.delete(path);
  dropWhole(memory, 'w1\nw2');
});

const load = (of: Memory, ports = memoryPorts(of)) => run(of, ports, {}, { tables: ['raw.replace'] });

test('its first load is seen when it is published, whatever strikes it', async () => {
  const counting = strikingPorts(copyMemory(memory), new Map());
  await load(copyMemory(memory), counting.ports);
  for (const blow of BLOWS) {
    for (let at = 1; at <= counting.calls(); at += 1) {
      const lake = copyMemory(memory);
      const seen = new Set<string>();
      const watch = (): void => void seen.add(visible(lake, 'replace')['']!);
      await load(lake, strikingPorts(lake, new Map([[at, blow]]), watch).ports).catch(() => undefined);
      await load(lake, strikingPorts(lake, new Map(), watch).ports);
      assert.deepEqual(
        [...seen].filter((rows) => rows !== '' && rows !== 'w1 w2'),
        [],
        `${blow} at ${at}`,
      );
      assert.equal(visible(lake, 'replace')[''], 'w1 w2', `${blow} at ${at}`);
    }
  }
});

test('a table that another program made is left alone until apply has adopted it, even if it looks as defined', async () => {
  const live = memory.tables.get('raw.replace')!;
  memory.tables.set('raw.replace', { ...live, parameters: {} });
  const [outcome] = (await load(memory)).tables;
  assert.deepEqual(
    [outcome?.state, outcome?.errors[0]?.message],
    ['failed', 'raw.replace is in the catalog, and not managed by Weir'],
  );
  assert.deepEqual(memory.tables.get('raw.replace'), { ...live, parameters: {} });
});

test('what fails its checks is never seen', async () => {
  dropWhole(memory, 'w1\nbad');
  const summary = await load(memory);
  assert.equal(summary.tables[0]?.state, 'failed');
  assert.equal(visible(memory, 'replace')[''], '');
});

test('files that no load wrote are neither hidden nor mixed with a load: it is refused', async () => {
  putObject(memory, 'raw/replace/by-hand.parquet', 'h1');
  const asked = { tables: ['raw.replace'], from: '2025-03-01', to: '2025-03-01' };
  const summary = await run(memory, memoryPorts(memory), {}, asked);
  const [outcome] = summary.tables;
  assert.match(outcome?.errors[0]?.message ?? '', /has files at its location that no load wrote, .*by-hand\.parquet/);
  assert.equal(visible(memory, 'replace')[''], 'h1');
  assert.match(
    outcome?.errors[0]?.cure ?? '',
    /copy them to a folder load-before\/ below a new base outside of s3:\/\/raw\/replace\/, /,
  );
});

test('the cure that is told: a copy outside, the table pointed to it, a new base; old or new rows all the while, and back', async () => {
  putObject(memory, 'raw/replace/by-hand.parquet', 'h1');
  const seen = new Set<string>();
  const watch = (): void => void seen.add(visible(memory, 'replace')['']!);
  watch();
  putObject(memory, 'raw/products/load-before/by-hand.parquet', 'h1');
  watch();
  const live = memory.tables.get('raw.replace')!;
  const location = 's3://raw/products/load-before/';
  // As `load --adopt` enters it.
  const none = { fingerprint: '', definition: '', commit: '', query: '', sources: [], upstream: [], previous: [] };
  const entry = {
    ...none,
    id: adoptedId('2025-03-01T00:00:00.000Z', 'n'),
    rows: 1,
    bytes: 2,
    time: '2025-03-01',
    held: undefined,
  };
  const parameters = withLedger(live.parameters, entry);
  memory.tables.set('raw.replace', { ...live, parameters, storage: { ...live.storage, location } });
  watch();
  const definitions = definitionsWith((_, text) => text.replace('path: replace/', 'path: products/'));
  // The plan has nothing to say about it, nor gc.
  assert.equal(baseLocation(location), 's3://raw/products/');
  const only = { tables: ['raw.replace'], from: '2025-03-01', to: '2025-03-01' };
  const context = () => contextOf(memory, strikingPorts(memory, new Map(), watch).ports, { definitions });
  const summary = await run(memory, strikingPorts(memory, new Map(), watch).ports, { definitions }, only);
  assert.deepEqual(summary.tables[0]?.errors, []);
  assert.equal(visible(memory, 'replace')[''], 'w1 w2');
  const later = { ...context(), now: () => Date.parse('2025-06-01T00:00:00Z') };
  await gc(later, { tables: ['raw.replace'], olderThanDays: 7, delete: true });
  const back = { table: 'raw.replace', from: undefined, to: undefined, load: undefined, release: false, dryRun: false };
  await rollback(context(), back);
  assert.equal(visible(memory, 'replace')[''], 'h1');
  assert.deepEqual([...seen].toSorted(), ['h1', 'w1 w2']);
});
