import type { Expression, SortItem } from '../ast.ts';
import { showExpression } from '../format.ts';
import { displayType, orderable } from '../types/index.ts';
import type { Type } from '../types.ts';
import type { Typed } from './context.ts';
import { refuse } from './refuse.ts';

/** What values are compared by where DuckDB compares them itself: a moment with a zone by the moment alone. */
export function comparisonKey(value: Typed): string {
  const zoned = (value.type.kind === 'timestamp' || value.type.kind === 'time') && value.type.zone;
  return zoned && value.type.kind === 'timestamp' ? `struct_extract(${value.sql}, 't')` : value.sql;
}

/** One ORDER BY entry. Trino puts nulls last whichever the direction. */
export function sortText(key: string, item: SortItem): string {
  const nulls = item.nullsFirst ? 'FIRST' : 'LAST';
  return `${key} ${item.descending ? 'DESC' : 'ASC'} NULLS ${nulls}`;
}

export function checkOrderable(type: Type, item: SortItem, at: SortItem['at'] = item.at): void {
  if (orderable(type)) return;
  throw refuse(
    'TYPE_MISMATCH',
    at,
    `Type ${displayType(type)} is not orderable, and therefore cannot be used in ORDER BY: ${showExpression(item.key)}`,
  );
}

const constants = new Set(['string', 'null', 'boolean', 'binary', 'decimal', 'double', 'typed', 'interval']);

/** A key that is the same for all rows orders nothing; DuckDB refuses some of them. */
export function isConstant(node: Expression): boolean {
  return constants.has(node.kind);
}
