import { format } from 'sql-formatter';
import { remembered } from '../model/remembered.ts';
import { isReservedInQueries } from '../rules/reserved.ts';
import { normalForm, scan, significant } from '../sql/index.ts';

/** Texts settle after one pass but for odd comments; a text that never does is left alone. */
const PASSES = 3;

/**
 * One way to write SQL; undefined where the formatter cannot read the text, or would change what it says. The pattern
 * keeps `:from`, `:to` and `:table` whole, which are no words of Trino.
 */
export const formatSql = remembered((text: string): string | undefined => {
  let before = text;
  for (let pass = 0; pass < PASSES; pass++) {
    const after = once(before);
    if (after === undefined || normalForm(after) !== normalForm(text)) return undefined;
    if (after === before) return after;
    before = after;
  }
  return undefined;
});

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
    return withNamesAsWritten(`${formatted.trim()}\n`, text);
  } catch {
    return undefined;
  }
}

/** Words that are no names in practice, though Trino would let them be. */
const WORDS_TOO = new Set(['asc', 'desc', 'limit', 'offset', 'over', 'partition', 'filter', 'lateral', 'if']);

/**
 * The formatter's list of keywords holds hundreds of words that people use as names (one, name, type): those keep the
 * case in which they were written, and only what can be nothing but a keyword is put in capitals.
 */
function withNamesAsWritten(formatted: string, original: string): string {
  const written = significant(original);
  let index = 0;
  return scan(formatted)
    .map((token) => {
      if (token.kind === 'space' || token.kind === 'comment') return token.text;
      const before = written[index++];
      const keyword = isReservedInQueries(token.text) || WORDS_TOO.has(token.text.toLowerCase());
      const same = before?.text.toLowerCase() === token.text.toLowerCase();
      return token.kind === 'word' && !keyword && same ? before.text : token.text;
    })
    .join('');
}
