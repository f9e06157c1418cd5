import { once } from '../casts/once.ts';
import { type Emit, type FunctionDefinition, scalar } from './definition.ts';
import { literalText } from './emission.ts';

const containables = ['boolean', 'bigint', 'double', 'varchar(y)'];

/**
 * Strings, booleans and integers at a plain path are DuckDB's, several times as fast; it gives fractions another text
 * than the one that was written, and stops at what is no JSON, so these go to the exact reader.
 */
const extractScalar: Emit = ([text, path]) => {
  const exact = (x: string) => `weir_json_extract_scalar(${x}, ${path})`;
  if (!/^\$(?:\.[A-Za-z_]\w*)+$/.test(literalText(path!) ?? '')) return exact(text!);
  return once(text!, (x) => {
    const native = `json_extract_string(${x}, ${path})`;
    const kinds = `CASE json_type(${x}, ${path}) WHEN 'VARCHAR' THEN ${native} WHEN 'BOOLEAN' THEN ${native} WHEN 'UBIGINT' THEN ${native} WHEN 'BIGINT' THEN ${exact(x)} WHEN 'DOUBLE' THEN ${exact(x)} END`;
    // DuckDB takes NaN and Infinity for JSON
    const odd = `regexp_matches(${x}, '(?i)[:\\[,]\\s*[-+]?(nan|inf)')`;
    return `CASE WHEN json_valid(${x}) AND NOT ${odd} THEN ${kinds} ELSE ${exact(x)} END`;
  });
};

/** JSON; a value of type json is held as its text. */
export const jsonFunctions: readonly FunctionDefinition[] = [
  scalar('json_parse(varchar(x)) json', 'weir_json_parse($1)'),
  scalar('json_format(json) varchar', '$1'),
  ...['json', 'varchar(x)'].flatMap((kind) => [
    scalar(`json_extract(${kind}, jsonpath) json`, 'weir_json_extract($1, $2)'),
    scalar(`json_extract_scalar(${kind}, jsonpath) ${kind === 'json' ? 'varchar' : kind}`, extractScalar),
    scalar(`json_size(${kind}, jsonpath) bigint`, 'weir_json_size($1, $2)'),
    scalar(`json_array_length(${kind}) bigint`, 'weir_json_array_length($1)'),
    scalar(`json_array_get(${kind}, bigint) json`, 'weir_json_array_get($1, $2)'),
    scalar(`is_json_scalar(${kind}) boolean`, 'weir_is_json_scalar($1)'),
    ...containables.map((value) =>
      scalar(
        `json_array_contains(${kind}, ${value}) boolean`,
        `weir_json_array_contains($1, CAST($2 AS VARCHAR), '${value.replace('(y)', '')}')`,
      ),
    ),
  ]),
];
