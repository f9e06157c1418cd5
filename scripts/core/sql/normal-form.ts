import { significant } from './tokens.ts';

/**
 * What a SQL text says, without how it is written: no comments, one space between tokens, unquoted words in lower case,
 * no semicolon at the end.
 */
export function normalForm(text: string): string {
  const tokens = significant(text).map((token) => (token.kind === 'word' ? token.text.toLowerCase() : token.text));
  while (tokens.at(-1) === ';') tokens.pop();
  return tokens.join(' ');
}
