import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderCsv, renderTable } from '../../scripts/core/render/rows.ts';

const answer = {
  columns: [
    { name: 'name', type: 'varchar' },
    { name: 'units', type: 'bigint' },
  ],
  rows: [
    ['Tea, "green"', '7'],
    ['茶', '12345'],
    [null, null],
    ['', '-1'],
    ['a\u001b[31m\nb', '0'],
  ],
};

test('a table aligns its columns, numbers to the right, and shows no control character', () => {
  assert.equal(
    renderTable(answer),
    [
      'name                units',
      '------------------  -----',
      'Tea, "green"            7',
      '茶                  12345',
      'NULL                 NULL',
      '                       -1',
      'a\\u001b[31m\\u000ab      0',
      '',
    ].join('\n'),
  );
});

test('CSV quotes what needs it and tells NULL from an empty text', () => {
  assert.equal(
    renderCsv(answer),
    'name,units\r\n"Tea, ""green""",7\r\n茶,12345\r\n,\r\n"",-1\r\n"a\u001b[31m\nb",0\r\n',
  );
});
