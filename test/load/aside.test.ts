import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { BLOWS, strikingPorts } from './crash.ts';
import { blankTable, copyMemory, type Memory, memoryPorts, putObject } from './memory.ts';
import { dropWhole, run, stage, visible } from './stage.ts';

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
});
