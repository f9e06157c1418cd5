import type { Type } from '../types.ts';

/** Whether a list has a null among its elements. */
export function holdsNullItem(list: string): string {
  return `(len(list_filter(${list}, lambda weir_h: weir_h IS NULL)) > 0)`;
}

/** Where a value, or null, first stands in a list; null where it does not. */
export function listPosition(list: string, value: string): string {
  return `list_position(${list}, ${value})`;
}

/** The list without repeated elements, in the order in which they first come, one null (and one NaN) kept. */
export function distinctList(list: string, element?: Type): string {
  const float = element?.kind === 'double' || element?.kind === 'real';
  // a NaN is at no position for DuckDB
  const before = `len(list_filter(${list}[1:weir_i - 1], lambda weir_o: weir_o IS NOT DISTINCT FROM weir_d)) = 0`;
  const kept = `list_filter(${list}, lambda weir_d, weir_i: ${float ? before : `${listPosition(list, 'weir_d')} = weir_i`})`;
  if (float) return kept;
  return `CASE WHEN len(list_distinct(${list})) = len(${list}) THEN ${list} ELSE ${kept} END`;
}
