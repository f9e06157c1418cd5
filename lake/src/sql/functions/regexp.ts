import { once } from '../casts/once.ts';
import { quoteText } from '../types/index.ts';
import { type FunctionDefinition, type ResultOf, scalar } from './definition.ts';
import { applyLambda, literalText } from './emission.ts';
import { javaRegExp } from './native/java-regexp.ts';

/** The longest replacement that Trino allows for. */
const replaced: ResultOf = ({ numbers }) => {
  const [x, y] = [numbers.get('x'), numbers.get('y')];
  if (x === undefined || y === undefined) return { kind: 'varchar', length: undefined };
  const length = x + Math.max(Math.floor((x * y) / 2), y) * (x + 1);
  return { kind: 'varchar', length: length > 2147483646 ? undefined : length };
};

/**
 * A constant pattern that RE2 and Java read alike goes to DuckDB's own, which is many times faster; `$` at its end
 * also allows a last line feed in Java.
 */
function matches(text: string, pattern: string): string {
  const known = literalText(pattern);
  const plain =
    known !== undefined &&
    /^\^?(?:[\w @#%&=:;,<>~'"!/-]|\\[.dD\-/+*?()|[\]{}^$\\]|\.|\[\^?(?:[A-Za-z]-[A-Za-z]|[0-9]-[0-9]|[\w .,@%-])+\]|[()|*+?])*\$?$/.test(
      known,
    );
  if (!plain || !isJava(known) || known.includes('(?') || /[*+?][+?*]/.test(known))
    return `weir_regexp_like(${text}, ${pattern})`;
  const end = known.endsWith('$') && !known.endsWith('\\$');
  return `regexp_matches(${text}, ${quoteText(end ? `${known.slice(0, -1)}\\n?\\z` : known)})`;
}

/** Whether Java reads the pattern at all; if not, the statement says so when it runs. */
function isJava(pattern: string): boolean {
  try {
    return javaRegExp(pattern) !== undefined;
  } catch {
    return false;
  }
}

function replaceByLambda(text: string, pattern: string, lambda: string): string {
  return once(`weir_regexp_pieces(${text}, ${pattern})`, (x) => {
    const count = `CAST(${x}[1] AS BIGINT)`;
    const step = `(${count} + 1)`;
    const groups = `${x}[3 + weir_m * ${step}:2 + weir_m * ${step} + ${count}]`;
    const after = `${x}[3 + weir_m * ${step} + ${count}]`;
    const made = `coalesce(${applyLambda(lambda, [groups])}, '') || ${after}`;
    return `(${x}[2] || array_to_string(list_transform(range((len(${x}) - 2) // ${step}), lambda weir_m: ${made}), ''))`;
  });
}

/** Regular expressions; patterns are Java's. */
export const regexpFunctions: readonly FunctionDefinition[] = [
  scalar('regexp_like(varchar(x), joniregexp) boolean', ([x, p]) => matches(x!, p!)),
  scalar('regexp_extract(varchar(x), joniregexp) varchar(x)', 'weir_regexp_extract($1, $2, 0)'),
  scalar('regexp_extract(varchar(x), joniregexp, bigint) varchar(x)', 'weir_regexp_extract($1, $2, $3)'),
  scalar('regexp_extract_all(varchar(x), joniregexp) array(varchar(x))', 'weir_regexp_extract_all($1, $2, 0)'),
  scalar('regexp_extract_all(varchar(x), joniregexp, bigint) array(varchar(x))', 'weir_regexp_extract_all($1, $2, $3)'),
  scalar('regexp_replace(varchar(x), joniregexp) varchar(x)', "weir_regexp_replace($1, $2, '')"),
  scalar('regexp_replace(varchar(x), joniregexp, varchar(y)) varchar', 'weir_regexp_replace($1, $2, $3)', replaced),
  scalar('regexp_replace(varchar, joniregexp, function(array(varchar),varchar)) varchar', ([x, p, f]) =>
    replaceByLambda(x!, p!, f!),
  ),
  scalar('regexp_split(varchar(x), joniregexp) array(varchar(x))', 'weir_regexp_split($1, $2)'),
  scalar('regexp_count(varchar(x), joniregexp) bigint', 'weir_regexp_count($1, $2)'),
  scalar('regexp_position(varchar(x), joniregexp) integer', 'CAST(weir_regexp_position($1, $2, 1, 1) AS INTEGER)'),
  scalar(
    'regexp_position(varchar(x), joniregexp, integer) integer',
    'CAST(weir_regexp_position($1, $2, $3, 1) AS INTEGER)',
  ),
  scalar(
    'regexp_position(varchar(x), joniregexp, integer, integer) integer',
    'CAST(weir_regexp_position($1, $2, $3, $4) AS INTEGER)',
  ),
];
