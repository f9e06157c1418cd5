/** How OpenCSVSerde's parser (opencsv 2.3) is set up. */
export interface CsvDialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly escaper: string;
}

/**
 * The cells of one line as opencsv 2.3 gives them: an escape counts inside quotes alone and before a quote or another
 * escape, and is dropped elsewhere; a cell whose quotes are never closed is dropped.
 */
export function openCsvCells(line: string, { delimiter, quote, escaper }: CsvDialect): readonly string[] {
  if (line === '') return [];
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < line.length; i += 1) {
    const c = line[i]!;
    const next = line[i + 1];
    if (c === escaper) {
      if (quoted && (next === quote || next === escaper)) {
        cell += next;
        i += 1;
      }
    } else if (c === quote) {
      if (quoted && next === quote) {
        cell += next;
        i += 1;
      } else {
        const inside = i > 2 && line[i - 1] !== delimiter && next !== undefined && next !== delimiter;
        if (inside) cell = cell.trim() === '' ? '' : cell + c;
        quoted = !quoted;
      }
    } else if (c === delimiter && !quoted) {
      cells.push(cell);
      cell = '';
    } else {
      cell += c;
    }
  }
  return quoted ? cells : [...cells, cell];
}

/** Cells as a line of plain CSV: every one quoted, quotes doubled, missing ones as `missing`. */
export function plainCsvLine(cells: readonly string[], count: number, missing: string): string {
  const all = Array.from({ length: Math.max(count, 1) }, (_, i) => {
    const cell = cells[i];
    return cell === undefined ? missing : `"${cell.replaceAll('"', '""')}"`;
  });
  return all.join(',');
}

/** Lines in which quotes surround whole cells, so that every reader of CSV takes them alike. */
export function regularLine({ delimiter, quote }: CsvDialect): string {
  const [d, q] = [delimiter, quote].map((c) => c.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'));
  const cell = `(?:[^${d}${q}]*|${q}(?:[^${q}]|${q}${q})*${q})`;
  return `(?:${cell}${d})*${cell}\\r?`;
}
