const WIDTH = 100;

/** The line of a text with a caret below a column, for messages; empty where the text has no such line. */
export function caret(text: string, line: number, column: number): string {
  const found = text.split('\n')[line - 1]?.replaceAll('\t', ' ');
  if (found === undefined || found.trim() === '') return '';
  const from = Math.max(0, column - WIDTH);
  const shown = found.slice(from, from + WIDTH + 20).replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
  const number = String(line);
  const space = ' '.repeat(number.length);
  return `  ${number} | ${shown}\n  ${space} | ${' '.repeat(Math.max(0, column - 1 - from))}^`;
}
