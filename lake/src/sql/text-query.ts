import { emitText } from './casts/text.ts';
import type { Compiled } from './sql.ts';

/** The compiled query with every column as the text that a result file shows; columns keep the names c0, c1, ... */
export function textQuery(compiled: Compiled): string {
  const columns = compiled.columns.map(({ type }, index) => `${emitText(`r.c${index}`, type)} AS c${index}`);
  return `SELECT ${columns.join(', ')} FROM (${compiled.sql}) AS r`;
}
