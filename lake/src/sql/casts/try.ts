/**
 * TRY(x): null for a value that fails. DuckDB computes a call that x holds twice outside of its TRY, where it fails
 * the statement; in a lambda's body it stays where it is. Subqueries, window functions and columns of a lateral join's
 * other side cannot stand in one, so a lambda is made only where a call is repeated.
 */
export function emitTry(sql: string): string {
  if (!repeatsCall(withoutTries(sql)) || /\bSELECT\b|\bOVER\b/.test(sql)) return `TRY(${sql})`;
  return `TRY(list_transform([0], lambda weir_t: ${sql})[1])`;
}

function repeatsCall(sql: string): boolean {
  const calls = sql.match(/\bweir_\w+\(/g) ?? [];
  return new Set(calls).size < calls.length;
}

/** What is in a TRY of its own may be computed outside of this one. */
function withoutTries(sql: string): string {
  let kept = '';
  let at = 0;
  for (let start = sql.indexOf('TRY('); start >= 0; start = sql.indexOf('TRY(', at)) {
    kept += sql.slice(at, start);
    at = closing(sql, start + 3) + 1;
  }
  return kept + sql.slice(at);
}

/** Where the parenthesis that opens at `open` closes; text literals are passed over. */
function closing(sql: string, open: number): number {
  let depth = 0;
  for (let at = open; at < sql.length; at += 1) {
    const sign = sql[at];
    if (sign === "'") at = Math.max(at, sql.indexOf("'", at + 1));
    if (sign === '(') depth += 1;
    if (sign === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return sql.length;
}
