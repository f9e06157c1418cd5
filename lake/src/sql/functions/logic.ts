/** Calls that may end a statement; what only shows a value may not. */
const failing =
  /\bweir_(?!local\(|instant\(|offset\(|offset_text\(|like\(|java_number\(|cast_number\(|ip_text\(|json_text\()\w+\(/;

/** Guards longer than this name only the terms that cannot fail themselves. */
const longGuard = 2000;

function canFail(sql: string): boolean {
  return failing.test(sql);
}

/**
 * `a AND b`, `a OR b` as Trino evaluates them: left to right, and `b` not at all where `a` decides, so that
 * `y <> 0 AND x / y > 1` never divides by zero. DuckDB evaluates all terms at once; a term that may end the statement
 * is put behind the terms before it.
 */
export function emitLogical(operator: 'AND' | 'OR', terms: readonly string[]): string {
  const guarded: string[] = [];
  for (const [index, term] of terms.entries()) {
    const before = guarded.length === 0 ? '' : guard(operator, guarded, terms.slice(0, index));
    guarded.push(canFail(term) && before !== '' ? behind(operator, before, term) : term);
  }
  return `(${guarded.join(` ${operator} `)})`;
}

function guard(operator: 'AND' | 'OR', guarded: readonly string[], terms: readonly string[]): string {
  const all = guarded.join(` ${operator} `);
  return all.length <= longGuard ? all : terms.filter((term) => !canFail(term)).join(` ${operator} `);
}

function behind(operator: 'AND' | 'OR', before: string, term: string): string {
  return operator === 'AND'
    ? `CASE WHEN (${before}) IS NOT FALSE THEN ${term} ELSE false END`
    : `CASE WHEN (${before}) IS NOT TRUE THEN ${term} ELSE true END`;
}
