/** How many `?` a tree holds. */
export function walkParameters(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + walkParameters(each), 0);
  if ('kind' in value && value.kind === 'parameter') return 1;
  return Object.values(value).reduce((sum: number, each) => sum + walkParameters(each), 0);
}
