import type { Finding } from '../model/finding.ts';

/** `path:line:column rule message; cure`, one line a finding, with the line and a caret below it where text is at fault. */
export function renderFinding(finding: Finding, text: string | undefined): string {
  const { place, rule, severity, message, cure } = finding;
  const mark = severity === 'warning' ? 'warning ' : '';
  const line = oneLine(`${place.path}:${place.line}:${place.column} ${mark}${rule} ${message}; ${cure}`);
  const shown = /^(sql-(syntax|compile|un|catalog|parameter)|yaml-)/.test(rule) ? caret(finding, text) : '';
  return `${line}\n${shown}`;
}

const WIDTH = 100;

function caret({ place }: Finding, text: string | undefined): string {
  const line = text?.split('\n')[place.line - 1];
  if (line === undefined || line.trim() === '') return '';
  // Of a long line the part around the place.
  const from = Math.max(0, place.column - WIDTH);
  const part = oneLine(line.slice(from, from + WIDTH + 20));
  const number = String(place.line);
  return `  ${number} | ${part}\n  ${' '.repeat(number.length)} | ${' '.repeat(Math.max(0, place.column - 1 - from))}^\n`;
}

/** A workflow command: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions */
export function renderAnnotation({ place, rule, severity, message, cure }: Finding): string {
  const properties = { file: place.path, line: place.line, col: place.column, title: rule };
  const shown = Object.entries(properties).map(([key, value]) => `${key}=${property(String(value))}`);
  return `::${severity} ${shown.join(',')}::${data(`${message}; ${cure}`)}\n`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Control characters of a file must not steer the reader's terminal, nor begin a workflow command of their own. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) =>
    character === '\t' ? ' ' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
