import { quoteRelation, quoteString } from './quote.ts';
import { type Position, positionAt, scan, type Token } from './tokens.ts';

export type ParameterName = 'from' | 'to' | 'table';

/** One `:from`, `:to` or `:table` in SQL text (not one inside a string, a quoted name or a comment). */
export interface Parameter extends Position {
  readonly name: ParameterName;
  readonly start: number;
  readonly end: number;
}

/** What the parameters stand for: days (yyyy-MM-dd, both inclusive) and the rows that a check looks at. */
export interface Bindings {
  readonly from?: string;
  readonly to?: string;
  /** A table by name, or a subquery in brackets. */
  readonly table?: { readonly database: string; readonly name: string } | string;
}

/** The parameters of a text, in order. */
export function findParameters(text: string): readonly Parameter[] {
  const tokens = scan(text);
  return tokens.flatMap((token, index) => {
    const name = parameterName(tokens, index);
    if (name === undefined) return [];
    return [{ name, start: token.start, end: token.end + name.length, ...positionAt(text, token.start) }];
  });
}

/** Puts values in the place of parameters: `:from` becomes `DATE '2024-09-01'`. A parameter without a value stays. */
export function substitute(text: string, bindings: Bindings): string {
  return replaceParameters(text, (parameter) => {
    if (parameter.name === 'table') {
      const { table } = bindings;
      return typeof table === 'object' ? quoteRelation(table.database, table.name) : table;
    }
    const day = bindings[parameter.name];
    return day === undefined ? undefined : `DATE ${quoteString(day)}`;
  });
}

/**
 * The same text with names of the same length in place of the parameters, which are no Trino syntax, so that the
 * grammar can read it and every position stays what it was.
 */
export function placehold(text: string): string {
  return replaceParameters(text, (parameter) => `_${parameter.name}`);
}

function replaceParameters(text: string, value: (parameter: Parameter) => string | undefined): string {
  let out = '';
  let done = 0;
  for (const parameter of findParameters(text)) {
    out += text.slice(done, parameter.start) + (value(parameter) ?? text.slice(parameter.start, parameter.end));
    done = parameter.end;
  }
  return out + text.slice(done);
}

function parameterName(tokens: readonly Token[], index: number): ParameterName | undefined {
  const next = tokens[index + 1];
  if (tokens[index]?.text !== ':' || next?.kind !== 'word') return undefined;
  const name = next.text.toLowerCase();
  return name === 'from' || name === 'to' || name === 'table' ? name : undefined;
}
