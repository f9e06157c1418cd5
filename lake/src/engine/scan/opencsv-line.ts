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

/** Cells as a line of plain CSV: every one quoted, quotes doubled. */
export function plainCsvLine(cells: readonly string[]): string {
  return cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');
}
