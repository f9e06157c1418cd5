import type { Finding } from '../model/finding.ts';
import { caret } from '../sql/caret.ts';

/** `path:line:column rule message; cure`, one line a finding, with the line and a caret below it where text is at fault. */
export function renderFinding(finding: Finding, text: string | undefined): string {
  const { place, rule, severity, message, cure } = finding;
  const mark = severity === 'warning' ? 'warning ' : '';
  const line = oneLine(`${place.path}:${place.line}:${place.column} ${mark}${rule} ${message}; ${cure}`);
  const shown = /^(sql-(syntax|compile|un|catalog|parameter)|yaml-)/.test(rule)
    ? caret(text ?? '', place.line, place.column)
    : '';
  return `${line}\n${shown && `${shown}\n`}`;
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
