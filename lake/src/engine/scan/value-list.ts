import { quoteText } from '../../sql/types/index.ts';

/** Many values for DuckDB as one text: one parameter is far cheaper than a literal for each. */
export interface ValueList {
  readonly text: string;
  /** A character that is in none of them. */
  readonly separator: string;
}

export function listValues(values: readonly string[]): ValueList {
  // Partition values may hold any character, also this one.
  let separator = '\u001f';
  for (let code = 0xe000; values.some((value) => value.includes(separator)); code += 1)
    separator = String.fromCodePoint(code);
  return { text: values.join(separator), separator };
}

/** A row for each value, in their order; the list's text is parameter `number`. */
export function unnestValues(list: ValueList, number: number): string {
  return `unnest(string_split($${number}, ${quoteText(list.separator)}))`;
}
