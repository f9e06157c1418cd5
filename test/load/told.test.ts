import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { emptyOutcome, type TableOutcome, tableLines } from '../../scripts/commands/load/report.ts';
import type { LoadSummary } from '../../scripts/commands/load.ts';
import { addDays } from '../../scripts/core/partition/index.ts';
import { copyMemory, type Memory, memoryPorts, putObject } from './memory.ts';
import { definitionsWith, dropDay, run, stage } from './stage.ts';

/** What people read where much is wrong at once: each kind once, with its cure, and how much more there is. Data has all. */

let start: Memory;
before(async () => {
  start = await stage();
});

async function told(
  change: (memory: Memory) => void,
  warn = false,
): Promise<{ lines: string[]; summary: LoadSummary }> {
  const memory = copyMemory(start);
  change(memory);
  const lines: string[] = [];
  const definitions = definitionsWith((_, text) =>
    warn ? text.replace('not_null: line', '$&, severity: warn') : text,
  );
  const summary = await run(memory, memoryPorts(memory), { say: (line) => void lines.push(line), definitions });
  return { lines: lines.filter((line) => line.startsWith(' ')), summary };
}

const outcomeOf = (summary: LoadSummary, table: string): TableOutcome =>
  summary.tables.find((each) => each.table === table)!;

test('twelve partitions that fail one check', async () => {
  const days = Array.from({ length: 12 }, (_, at) => addDays('2025-02-01', at));
  const fail = (memory: Memory): void => {
    for (const day of days) dropDay(memory, day, 'bad row\ngood');
  };
  const failed = await told(fail);
  const line = (day: string): string => `check not_null_line in ${day}: line must not be null, 1 row breaks it`;
  assert.deepEqual(failed.lines, [
    ...days.slice(0, 10).map((day) => `  error: ${line(day)}`),
    '    and 2 more (--json has all)',
    '    cure: correct the data or the check; what was there before is still there, nothing of this partition was published',
  ]);
  assert.deepEqual(
    outcomeOf(failed.summary, 'raw.partitions').errors.map((error) => error.message),
    days.map(line),
  );
  const warned = await told(fail, true);
  assert.deepEqual(warned.lines, [
    ...days.slice(0, 10).map((day) => `  warning: ${line(day)}`),
    '    and 2 more (--json has all)',
  ]);
  assert.deepEqual(outcomeOf(warned.summary, 'raw.partitions').warnings, days.map(line));
});

for (const [mode, keyOf] of [
  ['partitions', (at: number) => `days/${addDays('2025-01-01', at)}/file.csv`],
  ['files', (at: number) => `events/z${String(at).padStart(2, '0')}.csv`],
] as const) {
  test(`forty files that do not fit, mode ${mode}`, async () => {
    const { lines, summary } = await told((memory) => {
      for (let at = 0; at < 40; at += 1) putObject(memory, `landing/${keyOf(at)}`, `other\nx,${at}`);
    });
    const land = mode === 'files' ? 'land.events' : 'land.days';
    const line = (at: number): string =>
      `s3://landing/${keyOf(at)}:1 does not fit ${land}: the header is other; the columns are line`;
    assert.deepEqual(lines, [
      ...Array.from({ length: 10 }, (_, at) => `  error: ${line(at)}`),
      '    and 30 more (--json has all)',
      '    cure: have the file dropped again in the shape that the table declares, or change the table; nothing of it was published',
    ]);
    const { errors } = outcomeOf(summary, `raw.${mode}`);
    assert.deepEqual(
      errors.map((error) => error.message),
      Array.from({ length: 40 }, (_, at) => line(at)),
    );
  });
}

test('tables that are not in the catalog: the first says what to do', async () => {
  const { lines, summary } = await told((memory) => {
    for (const mode of ['files', 'partitions', 'replace']) memory.tables.delete(`raw.${mode}`);
  });
  assert.deepEqual(lines, [
    '  error: raw.files is not in the catalog',
    '    cure: npm run apply -- --env local',
    '  error: raw.partitions is not in the catalog',
    '    cure: as above',
    '  error: raw.replace is not in the catalog',
    '    cure: as above',
  ]);
  // In a summary or an annotation each table stands alone.
  for (const table of summary.tables) assert.match(tableLines(table).join('\n'), /cure: npm run apply -- --env local$/);
});

test('a cure that was not the last one told is told again; what failed in part says what was published', () => {
  const known = new Set<string>();
  const told = (table: string, cures: readonly string[], published = 0): readonly string[] => {
    const errors = cures.map((cure) => ({ message: 'wrong', cure }));
    return tableLines({ ...emptyOutcome(table), state: 'failed', published, rows: published, errors }, known);
  };
  told('raw.a', ['A']);
  assert.deepEqual(told('raw.b', ['B', 'A'], 1), [
    'raw.b: failed, 1 partition published, 1 row, 0 B written',
    '  error: wrong',
    '    cure: B',
    '  error: wrong',
    '    cure: A',
  ]);
  assert.deepEqual(told('raw.c', ['A']).slice(1), ['  error: wrong', '    cure: as above']);
});

test('errors of several kinds: each kind in a group, the places kept; one more than ten is no "and 1 more"', () => {
  const outcome = emptyOutcome('raw.t');
  const errors = [
    { message: 'a1', cure: 'A' },
    { where: 'x.yaml:1:2', message: 'b', cure: 'B' },
    { message: 'a2', cure: 'A' },
    { message: 'alone' },
  ];
  const warnings = Array.from({ length: 11 }, (_, at) => `w${at}`);
  assert.deepEqual(tableLines({ ...outcome, state: 'failed', warnings, errors }), [
    'raw.t: failed',
    ...warnings.map((each) => `  warning: ${each}`),
    '  error: a1',
    '  error: a2',
    '    cure: A',
    '  error: x.yaml:1:2 b',
    '    cure: B',
    '  error: alone',
  ]);
});
