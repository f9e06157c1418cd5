import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { PartitionColumn } from '../../scripts/core/model/definition.ts';
import * as partition from '../../scripts/core/partition/index.ts';

const { addDays, daysBetween, isDay, periodOf, periods } = partition;
const cases = <T>(name: string): T[] =>
  parse(readFileSync(new URL(`../cases/partition/${name}.yaml`, import.meta.url), 'utf8'));

const anyDay = fc
  .integer({ min: -719_000, max: Date.UTC(9999, 11, 31) / 86_400_000 })
  .map((number) => new Date(number * 86_400_000).toISOString().slice(0, 10));

describe('days', () => {
  test('go with the calendar that JavaScript has', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: -1000, max: 1000 }), (day, count) => {
        const expected = new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);
        fc.pre(/^\d{4}-/.test(expected) && expected > '0001');
        assert.equal(addDays(day, count), expected);
        assert.equal(daysBetween(day, expected), count);
        assert.equal(isDay(day), true);
      }),
      { numRuns: 2000 },
    );
    for (const text of [
      '2023-02-29',
      '1900-02-29',
      '2024-00-10',
      '2024-04-31',
      '0000-01-01',
      '2024-1-1',
      '',
      '2024-01-011',
    ]) {
      assert.equal(isDay(text), false, text);
    }
  });

  test('periods cover a range without a gap', () => {
    const granularity = fc.constantFrom('year', 'month', 'day' as const);
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 0, max: 800 }), granularity, (from, length, unit) => {
        fc.pre(from < '9990');
        const to = addDays(from, length);
        const found = periods({ from, to }, unit);
        assert.deepEqual([found[0]!, found.at(-1)!], [periodOf(from, unit), periodOf(to, unit)]);
        for (const [index, period] of found.entries()) {
          if (index > 0) assert.equal(addDays(found[index - 1]!.to, 1), period.from);
        }
      }),
    );
    assert.deepEqual(periods({ from: '2024-02-02', to: '2024-02-01' }, 'day'), []);
    assert.deepEqual(periodOf('9999-12-31', 'month'), { from: '9999-12-01', to: '9999-12-31' });
  });
});

interface FormatCase {
  columns: Record<string, string | { date: string; type: string }>;
  day: string;
  values: string[];
  days: [string, string];
  folder: string;
}

function columnsOf(columns: FormatCase['columns']): PartitionColumn[] {
  return Object.entries(columns).map(([name, format]) => ({
    name,
    description: undefined,
    ...(typeof format === 'string' ? { date: format, type: 'string' } : format),
  }));
}

describe('date formats', () => {
  for (const each of cases<FormatCase>('formats')) {
    test(`${JSON.stringify(each.columns)} on ${each.day}`, () => {
      const columns = columnsOf(each.columns);
      assert.deepEqual(partition.valuesOf(columns, each.day), each.values);
      assert.deepEqual(partition.daysOf(columns, each.values), { from: each.days[0], to: each.days[1] });
      const names = columns.map((column) => column.name);
      const written = columns.map((column, index) => partition.writtenValue(column, each.values[index]!));
      assert.equal(partition.partitionFolder(names, written), each.folder);
    });
  }

  for (const { format, values } of cases<{ format: string; values: string[] }>('unread')) {
    test(`${format} refuses other spellings`, () => {
      const columns = columnsOf({ d: format });
      for (const value of values) assert.equal(partition.daysOf(columns, [value]), undefined, value);
    });
  }

  test('values of columns that contradict each other name no day', () => {
    assert.equal(partition.daysOf(columnsOf({ d: 'yyyy-MM-dd', month: 'MM' }), ['2024-02-01', '03']), undefined);
  });

  test('render and read are inverse', () => {
    const formats = fc.constantFrom('yyyy-MM-dd', 'yyyyMMdd', 'd.M.yyyy', 'yyyy/M/dd', 'dd-MM-yyyy', 'yyyy_M_d');
    fc.assert(
      fc.property(formats, anyDay, (format, day) => {
        const value = partition.renderDay(format, day);
        assert.deepEqual(partition.daysOf(columnsOf({ d: format }), [value]), { from: day, to: day });
      }),
    );
  });

  test('granularity is told', () => {
    const granularity = [['yyyy'], ['MM', 'yyyy'], ['d', 'M', 'yyyy'], ['yyyy', 'dd'], ['MM'], []].map((formats) =>
      partition.granularityOf(formats),
    );
    assert.deepEqual(granularity, ['year', 'month', 'day', undefined, undefined, undefined]);
    const sorted = ['yyyy', 'yyyy-MM', 'yyyyMMdd', 'yyyy-M', 'MM-yyyy', 'MM'].map((f) => partition.sortsByTime(f));
    assert.deepEqual(sorted, [true, true, true, false, false, false]);
  });
});

describe('folders', () => {
  test('any value comes back from its folder', () => {
    const value = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text !== '__HIVE_DEFAULT_PARTITION__');
    fc.assert(
      fc.property(value, value, (a, b) => {
        const folder = partition.partitionFolder(['x', 'y'], [a, b]);
        assert.equal(folder.split('/').length, 3);
        const read = folder
          .split('/')
          .slice(0, 2)
          .map((segment) => partition.unescapeSegment(segment.slice(2)));
        assert.deepEqual(read, [a, b]);
      }),
    );
    assert.equal(partition.partitionFolder(['x'], [null]), 'x=__HIVE_DEFAULT_PARTITION__/');
  });

  test('readers skip hidden files and folder markers', () => {
    const keys = ['a/b.csv', 'a/_SUCCESS', 'a/.crc', 'a/', 'b'];
    assert.deepEqual(keys.filter(partition.isDataObject), ['a/b.csv', 'b']);
  });
});

describe('expressions for Glue', () => {
  test('are on the first column that sorts by time', () => {
    const range = { from: '2024-09-01', to: '2025-01-31' };
    const expression = (columns: FormatCase['columns']): string | undefined =>
      partition.rangeExpression(columnsOf(columns), range);
    assert.equal(expression({ year: 'yyyy', month: 'MM' }), "year >= '2024' AND year <= '2025'");
    assert.equal(expression({ d: { date: 'yyyy-MM-dd', type: 'date' } }), "d >= '2024-09-01' AND d <= '2025-01-31'");
    assert.equal(expression({ y: { date: 'yyyy', type: 'int' } }), 'y >= 2024 AND y <= 2025');
    assert.equal(expression({ 'odd name': 'yyyy' }), undefined);
    assert.equal(expression({ d: 'd-M-yyyy' }), undefined);
  });
});

describe('time zones', () => {
  for (const { zone, at, yesterday } of cases<{ zone: string; at: string; yesterday: string }>('zones')) {
    test(`${at} in ${zone}`, () => assert.equal(partition.yesterdayAt(Date.parse(at), zone), yesterday));
  }
  for (const [day, zone, begins] of [
    ['2025-03-24', 'UTC', '2025-03-24T00:00:00.000Z'],
    ['2025-03-24', 'Asia/Manila', '2025-03-23T16:00:00.000Z'],
    ['2025-03-30', 'Europe/Berlin', '2025-03-29T23:00:00.000Z'],
    ['2025-03-31', 'Europe/Berlin', '2025-03-30T22:00:00.000Z'],
    // Summer time begins at midnight, so the day begins at one o'clock; and a day that was left out begins with the next.
    ['2025-03-30', 'Asia/Beirut', '2025-03-29T22:00:00.000Z'],
    ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['2025-03-24', 'Pacific/Kiritimati', '2025-03-23T10:00:00.000Z'],
    ['2025-03-24', 'Pacific/Pago_Pago', '2025-03-24T11:00:00.000Z'],
  ] as const) {
    test(`${day} begins in ${zone}`, () => {
      assert.equal(new Date(partition.beginOf(day, zone)).toISOString(), begins);
      assert.equal(partition.instantOf(day, zone), partition.beginOf(day, zone));
    });
  }
  test('times say their zone', () => {
    for (const time of ['2024-01-31T07:00Z', '2024-02-29T07:00:01.5+08:00']) assert.ok(partition.isTime(time), time);
    for (const time of [
      '2024-01-31',
      '2024-01-31T07:00',
      '2023-02-29T07:00Z',
      '2024-01-31T25:00Z',
      '2024-01-31 07:00Z',
    ])
      assert.equal(partition.isTime(time), false, time);
  });
  test('zones are known or not', () => {
    for (const zone of ['Asia/Manila', 'UTC']) assert.equal(partition.isZone(zone), true, zone);
    for (const zone of ['Mars/Base', '+08:00', '']) assert.equal(partition.isZone(zone), false, zone);
  });
});

interface GroupCase {
  name: string;
  days: string[];
  full?: string[];
  cap?: number;
  groups: string[];
}

const spread = (text: string): string[] => {
  const [from = '', to = from] = text.split('..');
  return periods({ from, to }, 'day').map((period) => period.from);
};

describe('groups', () => {
  for (const each of cases<GroupCase>('groups')) {
    test(each.name, () => {
      const units = each.days.flatMap(spread).map((day) => ({ from: day, to: day, bytes: 100 }));
      const groups = partition.group(units, {
        ...(each.cap === undefined ? {} : { mostBytes: each.cap }),
        between: (range) =>
          (each.full ?? []).filter((day) => range.from <= day && day <= range.to).length * 100_000_000,
      });
      assert.deepEqual(
        groups.map((group) => `${group.from}..${group.to}${group.gaps ? '*' : ''}`),
        each.groups,
      );
    });
  }

  test('hold every unit once, in order, at most a hundred', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 300 }), (numbers) => {
        const units = numbers
          .toSorted((a, b) => a - b)
          .map((number) => addDays('2024-01-01', number))
          .map((day) => ({ from: day, to: day, bytes: 1 }));
        const groups = partition.group(units);
        assert.deepEqual(
          groups.flatMap((group) => group.units),
          units,
        );
        assert.ok(groups.every((group) => group.units.length <= partition.MOST_WRITERS));
        assert.equal(groups.length, Math.ceil(units.length / 100));
      }),
    );
  });
});
