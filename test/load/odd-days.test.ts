import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { previewLoad } from '../../scripts/commands/load.ts';
import { status } from '../../scripts/commands/status.ts';
import type { Definitions } from '../../scripts/core/model/definition.ts';
import { type Memory, memoryPorts } from './memory.ts';
import { contextOf, DAYS, definitionsWith, dropDay, run, stage, visible } from './stage.ts';

/** A folder of a day that cannot be: the true days are loaded as ever, and it is told. */

let memory: Memory;
beforeEach(async () => {
  memory = await stage();
});
const context = (definitions?: Definitions) =>
  contextOf(memory, memoryPorts(memory), definitions === undefined ? {} : { definitions });

const TRUE_DAYS = { [DAYS[0]]: 'a1 a2', [DAYS[1]]: 'b1 b2 b3', [DAYS[2]]: 'c1', [DAYS[3]]: '' };
const OR_SAY = 'move it to its day, or say the first day in table.yaml (load: start)';

const CASES: readonly {
  readonly day: string;
  readonly told: string | undefined;
  readonly loaded: boolean;
}[] = [
  {
    day: '0001-01-01',
    told: `1 day of sources before 1900-01-01 left out, for instance s3://landing/days/0001-01-01/file.csv (0001-01-01): ${OR_SAY}`,
    loaded: false,
  },
  {
    day: '1899-12-31',
    told: `1 day of sources before 1900-01-01 left out, for instance s3://landing/days/1899-12-31/file.csv (1899-12-31): ${OR_SAY}`,
    loaded: false,
  },
  {
    day: '1970-01-01',
    told: 'nothing is there from 1970-01-02 to 2025-02-28, so these days are not looked at: if s3://landing/days/1970-01-01/file.csv (1970-01-01) is dated wrongly, move it, or say the first day in table.yaml (load: start)',
    loaded: true,
  },
  { day: '9999-12-31', told: undefined, loaded: false },
];

describe('a folder of', () => {
  for (const { day, told, loaded } of CASES) {
    test(`${day} blocks no true day, and is told by load, dry run and status`, async () => {
      dropDay(memory, day, 'odd');
      const all = { tables: ['partitions'], from: undefined, to: undefined, maxBytes: 1e12 };
      const [preview] = await previewLoad(context(), all);
      assert.deepEqual(preview!.leftOut, told === undefined ? [] : [told]);
      const summary = await run(memory, memoryPorts(memory), {}, { tables: ['partitions'] });
      assert.deepEqual(summary.tables[0]!.errors, []);
      assert.deepEqual(summary.tables[0]!.warnings, told === undefined ? [] : [told]);
      assert.deepEqual(visible(memory, 'partitions'), { ...TRUE_DAYS, ...(loaded ? { [day]: 'odd' } : {}) });
      const [after] = await status(context(), ['partitions']);
      assert.deepEqual(after!.leftOut, preview!.leftOut);
      assert.deepEqual([after!.states.waiting, after!.states.due], [0, 0]);
      assert.equal((await run(memory, memoryPorts(memory), {}, { tables: ['partitions'] })).queries, 0);
    });
  }

  test('1970-01-01 is in no statement with the true days: SQL that spells out the days between would fail them all', async () => {
    dropDay(memory, '1970-01-01', 'odd');
    await run(memory, memoryPorts(memory), {}, { tables: ['partitions'] });
    const ranges = [...memory.queries.values()].flatMap(({ sql }) => {
      const found = /land\.days.*BETWEEN DATE '(.*?)' AND DATE '(.*?)'/s.exec(sql);
      return found && sql.startsWith('CREATE TABLE') ? [`${found[1]}..${found[2]}`] : [];
    });
    assert.deepEqual(ranges.slice(-2), ['1970-01-01..1970-01-01', '2025-03-02..2025-03-04']);
  });

  test('any of these is left out without a word where the first day is said', async () => {
    for (const { day } of CASES) dropDay(memory, day, 'odd');
    const started = definitionsWith((path, text) =>
      path === 'pipeline/tables/raw/partitions/table.yaml'
        ? text.replace('{ mode: partitions }', '{ mode: partitions, start: "2025-03-01" }')
        : text,
    );
    const summary = await run(memory, memoryPorts(memory), { definitions: started }, { tables: ['partitions'] });
    assert.deepEqual(summary.tables[0]!.warnings, []);
    assert.deepEqual(visible(memory, 'partitions'), TRUE_DAYS);
  });
});
