const WIDTH = 100;
/** What draws nothing or turns the text round; one character is shown for one, so that the caret stays in its place. */
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** The line of a text with a caret below a column, for messages; empty where the text has no such line. */
export function caret(text: string, line: number, column: number): string {
  const found = text.split('\n')[line - 1]?.replaceAll('\t', ' ');
  if (found === undefined || found.trim() === '') return '';
  const from = Math.max(0, column - WIDTH);
  const shown = found.slice(from, from + WIDTH + 20).replace(HIDDEN, '?');
  const number = String(line);
  const space = ' '.repeat(number.length);
  return `  ${number} | ${shown}\n  ${space} | ${' '.repeat(Math.max(0, column - 1 - from))}^`;
}
