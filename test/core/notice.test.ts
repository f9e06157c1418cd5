import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { type NoticeFacts, noticeOf } from '../../scripts/core/load/notice.ts';

interface Case {
  readonly name: string;
  readonly report: Omit<NoticeFacts, 'time'>;
  readonly times?: number;
  readonly notice: { readonly subject: string; readonly attributes: object; readonly message: object };
}

const cases: readonly Case[] = parse(readFileSync('test/cases/load/notice.yaml', 'utf8'));
const time = '2025-03-24T07:00:00.000Z';

function many<T>(list: readonly T[] | undefined, times: number): readonly T[] | undefined {
  return list && times > 1 ? Array.from({ length: times }, () => list[0]!) : list;
}

describe('a notice', () => {
  for (const { name, report, times = 1, notice } of cases)
    test(name, () => {
      const lists = Object.fromEntries(
        (['partitions', 'warnings', 'errors'] as const).flatMap((key) => {
          const list = many<unknown>(report[key], times);
          return list === undefined ? [] : [[key, list]];
        }),
      );
      const { message, ...rest } = noticeOf({ ...report, ...lists, time } as NoticeFacts);
      assert.deepEqual({ ...rest, message: JSON.parse(message) }, notice);
      assert.deepEqual(Object.keys(JSON.parse(message)), Object.keys(notice.message), 'in this order');
    });

  test('is within the limits of SNS, whatever it is told', () => {
    const text = '\u{1f4e6}"\n'.repeat(100_000);
    const error = { where: text, message: text, cure: text };
    const { subject, message } = noticeOf({
      state: 'loaded',
      environment: 'e'.repeat(63),
      table: `${'d'.repeat(255)}.${'t'.repeat(255)}`,
      loadId: 'l',
      partitions: Array.from({ length: 100_000 }, () => text),
      rows: Number.MAX_SAFE_INTEGER,
      warnings: Array.from({ length: 1_000 }, () => text),
      errors: Array.from({ length: 1_000 }, () => error),
      commit: 'c'.repeat(64),
      run: 'https://github.com/o/r/actions/runs/7',
      time,
    });
    assert.match(subject, /^Weir [ -~]{1,94}$/);
    assert.ok(Buffer.byteLength(message) < 100_000, `${Buffer.byteLength(message)}`);
  });
});
