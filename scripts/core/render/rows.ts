import type { QueryRows } from '../model/ports.ts';

const NUMERIC = /^(tinyint|smallint|int|integer|bigint|float|real|double|decimal)/;
const WIDEST = 60;

/** Rows as a table for people: columns aligned, numbers to the right, long values cut. */
export function renderTable({ columns, rows }: QueryRows): string {
  const cells = rows.map((row) => columns.map((_, index) => cellText(row[index] ?? null)));
  const heads = columns.map((column) => cellText(column.name));
  const widths = heads.map((head, index) => Math.max(width(head), ...cells.map((row) => width(row[index] ?? ''))));
  const line = (row: readonly string[]): string =>
    row
      .map((text, index) => {
        const space = ' '.repeat((widths[index] ?? 0) - width(text));
        return NUMERIC.test(columns[index]?.type ?? '') ? space + text : text + space;
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((each) => '-'.repeat(each)).join('  ');
  return [line(heads), rule, ...cells.map(line)].map((text) => `${text}\n`).join('');
}

/** Rows as CSV (RFC 4180) with a header; NULL is an empty field, an empty text is `""`. */
export function renderCsv({ columns, rows }: QueryRows): string {
  const head = columns.map((column) => csvField(column.name));
  return [head, ...rows.map((row) => columns.map((_, index) => csvField(row[index] ?? null)))]
    .map((fields) => `${fields.join(',')}\r\n`)
    .join('');
}

function csvField(value: string | null): string {
  if (value === null) return '';
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** Control characters of a value must not steer the reader's terminal. */
function cellText(value: string | null): string {
  if (value === null) return 'NULL';
  const plain = value.replace(
    /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const points = [...plain];
  return points.length > WIDEST ? `${points.slice(0, WIDEST - 3).join('')}...` : plain;
}

/** How many columns of a terminal a text takes: wide characters (CJK, emoji) take two, combining ones none. */
function width(text: string): number {
  let sum = 0;
  for (const c of text) {
    if (/\p{Mn}|\p{Me}|\u200d|[\ufe00-\ufe0f]/u.test(c)) continue;
    sum +=
      /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
        c,
      )
        ? 2
        : 1;
  }
  return sum;
}
