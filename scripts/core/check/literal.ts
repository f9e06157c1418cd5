import { quoteString } from '../sql/index.ts';

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

function numberLiteral(text: string): string {
  const bare = text.replace(/^\+/, '');
  if (bare.includes('e') || bare.includes('E')) return bare.startsWith('-') ? `(${bare})` : bare;
  // Leading zeros of a partition value (`03` in an int column) mean nothing in a number.
  const number = bare.replace(/^(-?)0+(?=\d)/, '$1');
  return number.startsWith('-') ? `(${number})` : number;
}
