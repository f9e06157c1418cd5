import type { Column } from '../model/definition.ts';
import { quoteIdentifier, quoteString } from '../sql/index.ts';

const NUMBERS = /^(tinyint|smallint|int|integer|bigint|float|double|real|decimal\b.*)$/;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/**
 * A value from a definition as a Trino literal that compares with a column of the (Hive) type. What does not fit the type
 * is given as text, which Trino refuses by name instead of comparing something else.
 */
export function typedLiteral(value: string | number | boolean, type: string): string {
  const text = String(value);
  const plain = type.toLowerCase();
  if (NUMBERS.test(plain) && NUMBER.test(text.trim())) return numberLiteral(text.trim());
  if (plain === 'boolean' && /^(true|false)$/i.test(text)) return text.toLowerCase();
  if (plain === 'date') return `DATE ${quoteString(text)}`;
  if (plain === 'timestamp') return `TIMESTAMP ${quoteString(text)}`;
  return quoteString(text);
}

/** The condition that the columns have the values of one of these partitions: `("year", "month") IN (('2025', '03'))`. */
export function amongPartitions(columns: readonly Column[], partitions: readonly (readonly string[])[]): string {
  const tuple = (texts: readonly string[]): string => (texts.length === 1 ? texts[0]! : `(${texts.join(', ')})`);
  const names = tuple(columns.map((column) => quoteIdentifier(column.name)));
  const listed = partitions.map((values) => tuple(values.map((value, at) => typedLiteral(value, columns[at]!.type))));
  return `${names} IN (${listed.join(', ')})`;
}

function numberLiteral(text: string): string {
  const bare = text.replace(/^\+/, '');
  if (bare.includes('e') || bare.includes('E')) return bare.startsWith('-') ? `(${bare})` : bare;
  // Leading zeros of a partition value (`03` in an int column) mean nothing in a number.
  const number = bare.replace(/^(-?)0+(?=\d)/, '$1');
  return number.startsWith('-') ? `(${number})` : number;
}
