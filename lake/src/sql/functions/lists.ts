/** Whether a list has a null among its elements. */
export function holdsNullItem(list: string): string {
  return `(len(list_filter(${list}, lambda weir_h: weir_h IS NULL)) > 0)`;
}

/** Where a value, or null, first stands in a list; null where it does not. */
export function listPosition(list: string, value: string): string {
  return `list_position(${list}, ${value})`;
}

/** The list without repeated elements, in the order in which they first come, one null kept. */
export function distinctList(list: string): string {
  const first = `list_filter(${list}, lambda weir_d, weir_i: ${listPosition(list, 'weir_d')} = weir_i)`;
  return `CASE WHEN len(list_distinct(${list})) = len(${list}) THEN ${list} ELSE ${first} END`;
}
