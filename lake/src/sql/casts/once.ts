/** How long an expression may be to be written down more than once. */
const short = 80;

/**
 * Uses one expression at several places of another without repeating its text: a short one is repeated, a longer one
 * is named by a one-element list's lambda (some 10 ns a row, measured; repeated text doubles with every level).
 */
export function once(sql: string, use: (name: string) => string): string {
  if (sql.length <= short) return use(sql);
  return `list_transform([${sql}], lambda weir_v: ${use('weir_v')})[1]`;
}
