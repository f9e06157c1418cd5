import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadMarkdown } from '../../scripts/core/render/load-markdown.ts';

test('what failed comes first, and no text ends its block', () => {
  const text = loadMarkdown(
    [
      { table: 'a.good', state: 'done', lines: ['a.good: done, 1 partition'] },
      { table: 'a.bad', state: 'failed', lines: ['a.bad: failed', '  error: ```` <img> @everyone\u202e'] },
    ],
    '1 done, 1 failed',
  );
  assert.equal(
    text,
    [
      '## Load: 1 of 2 tables did not load',
      '',
      '1 done, 1 failed',
      '',
      '`````',
      'a.bad: failed',
      '  error: ```` <img> @everyone<U+202E>',
      '`````',
      '',
      '```',
      'a.good: done, 1 partition',
      '```',
      '',
    ].join('\n'),
  );
});
