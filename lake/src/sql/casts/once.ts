/** How many names are open around: an inner one must not hide an outer one that its text still uses. */
let depth = 0;

/** How long an expression may be to be written down more than once. */
const short = 80;

/** Whether each place where the text stands would have a value of its own. */
export function isVolatile(sql: string): boolean {
  return /\b(?:random|uuid)\(\)/.test(sql);
}

/**
 * Uses one expression at several places of another without repeating its text: a short one is repeated, a longer one
 * is named by a one-element list's lambda (some 10 ns a row, measured; repeated text doubles with every level).
 */
export function once(sql: string, use: (name: string) => string): string {
  if (sql.length <= short && !isVolatile(sql)) return use(sql);
  depth += 1;
  try {
    const name = `weir_v${depth}`;
    return `list_transform([${sql}], lambda ${name}: ${use(name)})[1]`;
  } finally {
    depth -= 1;
  }
}
