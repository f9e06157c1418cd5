import { type FunctionDefinition, scalar } from './definition.ts';

const containables = ['boolean', 'bigint', 'double', 'varchar(y)'];

/** JSON; a value of type json is held as its text. */
export const jsonFunctions: readonly FunctionDefinition[] = [
  scalar('json_parse(varchar(x)) json', 'weir_json_parse($1)'),
  scalar('json_format(json) varchar', '$1'),
  ...['json', 'varchar(x)'].flatMap((kind) => [
    scalar(`json_extract(${kind}, jsonpath) json`, 'weir_json_extract($1, $2)'),
    scalar(
      `json_extract_scalar(${kind}, jsonpath) ${kind === 'json' ? 'varchar' : kind}`,
      'weir_json_extract_scalar($1, $2)',
    ),
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
