import { isVolatile } from '../casts/once.ts';

/** How long an argument may be to be written down more than once. */
const short = 100;
/** How long an expression may become before it is looked at whether it repeats its arguments. */
const long = 2000;

/**
 * Writes an operation on arguments. Some name an argument more than once; nested, their text would double with every
 * level. Then the arguments are computed once and named: fields of a one-element list's lambda.
 */
export function emitOnce(emit: (args: readonly string[]) => string, args: readonly string[]): string {
  const direct = emit(args);
  const total = args.reduce((sum, arg) => sum + arg.length, 0);
  const redrawn = args.some((arg) => isVolatile(arg) && direct.split(arg).length > 2);
  const repeats = redrawn || (direct.length >= long && direct.length >= total * 1.5);
  // DuckDB takes no query inside of a lambda, and an operation may be written with one.
  const inLambda = direct.includes('lambda ') && args.some(holdsQuery);
  if (!repeats && !inLambda) return direct;
  const bound: string[] = [];
  const names = args.map((arg) => {
    // A lambda is no value; short ones may have to be constants.
    if ((arg.length <= short && !holdsQuery(arg) && !isVolatile(arg)) || arg.startsWith('lambda ')) return arg;
    bound.push(`a${bound.length} := ${arg}`);
    return `struct_extract(weir_b, 'a${bound.length - 1}')`;
  });
  return `list_transform([struct_pack(${bound.join(', ')})], lambda weir_b: ${emit(names)})[1]`;
}

function holdsQuery(sql: string): boolean {
  return sql.includes('SELECT ') && !sql.startsWith('lambda ');
}
