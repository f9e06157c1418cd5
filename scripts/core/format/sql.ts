import { format } from 'sql-formatter';
import { normalForm } from '../sql/index.ts';

/** Texts settle after one pass but for odd comments; a text that never does is left alone. */
const PASSES = 3;

/**
 * One way to write SQL; undefined where the formatter cannot read the text, or would change what it says. The pattern
 * keeps `:from`, `:to` and `:table` whole, which are no words of Trino.
 */
export function formatSql(text: string): string | undefined {
  let before = text;
  for (let pass = 0; pass < PASSES; pass++) {
    const after = once(before);
    if (after === undefined || normalForm(after) !== normalForm(text)) return undefined;
    if (after === before) return after;
    before = after;
  }
  return undefined;
}

function once(text: string): string | undefined {
  try {
    const formatted = format(text, {
      language: 'trino',
      tabWidth: 2,
      keywordCase: 'upper',
      expressionWidth: 100,
      linesBetweenQueries: 1,
      paramTypes: { custom: [{ regex: ':(?:from|to|table)\\b' }] },
    });
    return `${formatted.trim()}\n`;
  } catch {
    return undefined;
  }
}
