import { duckdbType } from '../types/index.ts';
import type { Type } from '../types.ts';

/** A lambda as the analysis writes it: `lambda x, y: body`. */
export interface LambdaText {
  readonly parameters: readonly string[];
  readonly body: string;
}

export function takeLambda(text: string): LambdaText {
  const match = /^lambda ((?:"(?:[^"]|"")*"|\w+)(?:, (?:"(?:[^"]|"")*"|\w+))*): ([\s\S]*)$/.exec(text);
  if (match === null) throw new Error(`not a lambda: ${text}`);
  return { parameters: match[1]!.split(', '), body: match[2]! };
}

/** A lambda's body with its parameters set to values. */
export function applyLambda(text: string, values: readonly string[]): string {
  const { parameters, body } = takeLambda(text);
  return values.reduceRight((inner, value, index) => {
    const name = parameters[index]!;
    return value === name ? inner : `list_transform([${value}], lambda ${name}: ${inner})[1]`;
  }, body);
}

/** A CAST to the DuckDB type that holds a type. */
export function castTo(sql: string, type: Type): string {
  return `CAST(${sql} AS ${duckdbType(type)})`;
}

/** The text of a DuckDB string literal; undefined where the expression is none. */
export function literalText(sql: string): string | undefined {
  const match = /^'((?:[^']|'')*)'$/.exec(sql);
  return match?.[1]?.replaceAll("''", "'");
}

/** The value of an integer literal, casts around it aside. */
export function literalInteger(sql: string): number | undefined {
  const match = /^(?:CAST\()*\(?(-? ?\d+)\)?(?: AS [A-Z]+\))*$/.exec(sql);
  return match === null ? undefined : Number(match[1]!.replace(' ', ''));
}

export const VARCHAR: Type = { kind: 'varchar', length: undefined };
