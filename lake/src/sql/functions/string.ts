import { once } from '../casts/once.ts';
import { type Bindings, type Emit, type FunctionDefinition, type ResultOf, scalar } from './definition.ts';
import { literalInteger, literalText } from './emission.ts';
import { failText, failWith } from './fail.ts';
import { LONGEST_MADE, refuseLarge } from './large.ts';

const invalid = 'INVALID_FUNCTION_ARGUMENT';

/** What Java takes for white space; the no-break spaces are none. */
const blanks =
  "chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(28) || chr(29) || chr(30) || chr(31) || ' ' || chr(5760) || chr(8192) || chr(8193) || chr(8194) || chr(8195) || chr(8196) || chr(8197) || chr(8198) || chr(8200) || chr(8201) || chr(8202) || chr(8232) || chr(8233) || chr(8287) || chr(12288)";

/** Most texts have nothing to trim, and of those that do most have plain blanks only: the long list is slow. */
function trimBlanks(name: 'trim' | 'ltrim' | 'rtrim', x: string): string {
  const starts = `${x} >= '!' AND ${x} < chr(127)`;
  const ends = `regexp_matches(${x}, '[!-~]$')`;
  const clean = name === 'trim' ? `${starts} AND ${ends}` : name === 'ltrim' ? starts : ends;
  const odd = `regexp_matches(${x}, '[^ -~]')`;
  return `CASE WHEN ${clean} THEN ${x} WHEN ${odd} THEN ${name}(${x}, ${blanks}) ELSE ${name}(${x}) END`;
}

function trims(name: 'trim' | 'ltrim' | 'rtrim'): FunctionDefinition[] {
  const plain: Emit = ([x]) => once(x!, (v) => trimBlanks(name, v));
  return [
    scalar(`${name}(char(x)) varchar(x)`, plain),
    scalar(`${name}(varchar(x)) varchar(x)`, plain),
    scalar(`${name}(char(x), codepoints) varchar(x)`, `${name}($1, $2)`),
    scalar(`${name}(varchar(x), codepoints) varchar(x)`, `${name}($1, $2)`),
  ];
}

/** Trino counts from the end for a negative start, and gives '' for 0 or a start before the text. */
function substring(text: string, start: string, length: string | undefined): string {
  const tail = length === undefined ? '' : `, greatest(${length}, 0)`;
  const known = literalInteger(start);
  if (known !== undefined && known > 0) return `substring(${text}, ${start}${tail})`;
  return once(text, (x) => {
    const fromEnd = `substring(${x}, length(${x}) + ${start} + 1${tail})`;
    const empty = length === undefined ? "''" : `CASE WHEN ${length} IS NOT NULL THEN '' END`;
    return `CASE WHEN ${start} > 0 THEN substring(${x}, ${start}${tail}) WHEN ${start} < 0 AND -${start} <= length(${x}) THEN ${fromEnd} WHEN ${start} IS NOT NULL AND ${x} IS NOT NULL THEN ${empty} END`;
  });
}

function substrings(name: string): FunctionDefinition[] {
  const padded = (sql: string, context: { readonly types: readonly { readonly kind: string }[] }) => {
    const type = context.types[0] as { readonly kind: string; readonly length?: number };
    return type.kind === 'char' ? `rpad(${sql}, ${type.length}, ' ')` : sql;
  };
  return [
    scalar(`${name}(varchar(x), bigint) varchar(x)`, ([x, s]) => substring(x!, s!, undefined)),
    scalar(`${name}(varchar(x), bigint, bigint) varchar(x)`, ([x, s, n]) => substring(x!, s!, n)),
    scalar(`${name}(char(x), bigint) varchar(x)`, ([x, s], context) => substring(padded(x!, context), s!, undefined)),
    scalar(`${name}(char(x), bigint, bigint) varchar(x)`, ([x, s, n], context) =>
      substring(padded(x!, context), s!, n),
    ),
    scalar(`${name}(varbinary, bigint) varbinary`, 'weir_subbytes($1, $2, 9223372036854775807)'),
    scalar(`${name}(varbinary, bigint, bigint) varbinary`, 'weir_subbytes($1, $2, $3)'),
  ];
}

/** Java turns letters one by one: the sharp s stays, DuckDB makes it a capital one. */
function upper(x: string): string {
  return `CASE WHEN contains(${x}, 'ß') THEN array_to_string(list_transform(string_split(${x}, 'ß'), lambda weir_e: upper(weir_e)), 'ß') ELSE upper(${x}) END`;
}

/** How long the result of replace can get. */
const replaced: ResultOf = ({ numbers }: Bindings) => {
  const [x, z] = [numbers.get('x'), numbers.get('z')];
  const length = x === undefined || z === undefined ? undefined : x + z * (x + 1);
  return { kind: 'varchar', length: length !== undefined && length > 2147483646 ? undefined : length };
};

/** So long a replacement in the statement's own text can't make much of a little. */
const SHORT_REPLACEMENT = 256;

function replace([text, search, by]: readonly string[]): string {
  const short = (literalText(by!) ?? `${' '.repeat(SHORT_REPLACEMENT)}.`).length <= SHORT_REPLACEMENT;
  if (short && (literalText(search!) ?? '') !== '') return `replace(${text}, ${search}, ${by})`;
  const gone = (x: string) => `(length(${x}) - length(replace(${x}, ${search}, '')))`;
  const places = (x: string) =>
    `CASE WHEN ${search} = '' THEN length(${x}) + 1 ELSE ${gone(x)} // length(${search}) END`;
  const tooLarge = (x: string) =>
    `length(${x}) * length(${by}) > ${LONGEST_MADE} AND (${places(x)}) * length(${by}) > ${LONGEST_MADE}`;
  return once(
    text!,
    (x) =>
      `CASE WHEN ${tooLarge(x)} THEN ${refuseLarge('replace', 'VARCHAR')} WHEN ${search} = '' AND ${by} IS NOT NULL THEN weir_interleave(${x}, ${by}) ELSE replace(${x}, ${search}, ${by}) END`,
  );
}

function pad(name: string): FunctionDefinition[] {
  const emit = ([text, size, filler]: readonly string[]) => {
    const known = literalInteger(size!);
    const empty = failText(invalid, 'Padding string must not be empty', 'VARCHAR');
    const outside = failWith(invalid, "'Target length must be in the range [0..2147483647]'", 'VARCHAR');
    const call = `${name}(${text}, CAST(${size} AS INTEGER), ${filler})`;
    if (known !== undefined && known >= 0 && known <= LONGEST_MADE && (literalText(filler!) ?? '') !== '') return call;
    return `CASE WHEN ${filler} = '' THEN ${empty} WHEN ${size} < 0 OR ${size} > 2147483647 THEN ${outside} WHEN ${size} > ${LONGEST_MADE} THEN ${refuseLarge(name, 'VARCHAR')} ELSE ${call} END`;
  };
  return [
    scalar(`${name}(varchar(x), bigint, varchar(y)) varchar`, emit),
    scalar(`${name}(varbinary, bigint, varbinary) varbinary`, `weir_pad_bytes($1, $2, $3, '${name}')`),
  ];
}

/** Texts. */
export const stringFunctions: readonly FunctionDefinition[] = [
  scalar('length(varchar(x)) bigint', 'length($1)'),
  scalar(
    'length(char(x)) bigint',
    ([x], { types }) =>
      `CASE WHEN ${x} IS NOT NULL THEN CAST(${(types[0] as { length: number }).length} AS BIGINT) END`,
  ),
  scalar('length(varbinary) bigint', 'octet_length($1)'),
  ...['varchar(x)', 'char(x)'].flatMap((kind) => [
    scalar(`lower(${kind}) ${kind}`, 'lower($1)'),
    scalar(`upper(${kind}) ${kind}`, ([x]) => once(x!, upper)),
  ]),
  ...(['trim', 'ltrim', 'rtrim'] as const).flatMap(trims),
  ...['substr', 'substring'].flatMap(substrings),
  ...['lpad', 'rpad'].flatMap(pad),
  scalar('replace(varchar(x), varchar(y)) varchar(x)', "replace($1, $2, '')"),
  scalar('replace(varchar(x), varchar(y), varchar(z)) varchar', replace, replaced),
  scalar('reverse(varchar(x)) varchar(x)', 'reverse($1)'),
  scalar('reverse(varbinary) varbinary', 'weir_reverse_bytes($1)'),
  scalar('strpos(varchar(x), varchar(y)) bigint', ([x, y]) =>
    literalText(y!)
      ? `CAST(strpos(${x}, ${y}) AS BIGINT)`
      : `CASE WHEN ${y} = '' AND ${x} IS NOT NULL THEN CAST(1 AS BIGINT) ELSE CAST(strpos(${x}, ${y}) AS BIGINT) END`,
  ),
  scalar('strpos(varchar(x), varchar(y), bigint) bigint', 'weir_strpos($1, $2, $3)'),
  scalar('starts_with(varchar(x), varchar(y)) boolean', 'starts_with($1, $2)'),
  scalar('split(varchar(x), varchar(y)) array(varchar(x))', ([x, d]) =>
    literalText(d!) ? `string_split(${x}, ${d})` : `weir_split(${x}, ${d}, 2147483647)`,
  ),
  scalar('split(varchar(x), varchar(y), bigint) array(varchar(x))', 'weir_split($1, $2, $3)'),
  scalar('split_part(varchar(x), varchar(y), bigint) varchar(x)', ([x, d, n]) => splitPart(x!, d!, n!)),
  scalar('split_to_map(varchar, varchar, varchar) map(varchar,varchar)', ([x, e, k]) => splitToMap(x!, e!, k!)),
  scalar('split_to_multimap(varchar, varchar, varchar) map(varchar,array(varchar))', ([x, e, k]) =>
    splitToMultimap(x!, e!, k!),
  ),
  scalar('translate(varchar(x), varchar(y), varchar(z)) varchar', 'translate($1, $2, $3)'),
  scalar('levenshtein_distance(varchar(x), varchar(y)) bigint', 'weir_levenshtein($1, $2)'),
  scalar('hamming_distance(varchar(x), varchar(y)) bigint', 'weir_hamming($1, $2)'),
  scalar('soundex(varchar) varchar(4)', 'weir_soundex($1)'),
  scalar('normalize(varchar(x)) varchar', "weir_normalize($1, 'NFC')"),
  scalar('normalize(varchar(x), varchar(y)) varchar', 'weir_normalize($1, $2)'),
  scalar('luhn_check(varchar) boolean', 'weir_luhn($1)'),
  scalar('chr(bigint) varchar(1)', 'weir_chr($1)'),
  scalar('codepoint(varchar(1)) integer', 'unicode($1)'),
  scalar('concat(varchar...) varchar', (args) => `(${args.join(' || ')})`),
  scalar(
    'concat(char(x), char(y)) char(x)',
    ([a, b], { types }) => `(rpad(${a}, ${(types[0] as { length: number }).length}, ' ') || ${b})`,
    ({ numbers }) => ({
      kind: 'char',
      length: Math.min(65536, (numbers.get('x') ?? 1) + (numbers.get('y') ?? 1)),
    }),
  ),
  scalar('concat(varbinary...) varbinary', (args) => `(${args.join(' || ')})`),
  scalar(
    'concat_ws(varchar, array(varchar)) varchar',
    'array_to_string(list_filter($2, lambda weir_x: weir_x IS NOT NULL), $1)',
  ),
  scalar(
    'concat_ws(varchar, varchar...) varchar',
    ([separator, ...parts]) =>
      `CASE WHEN ${separator} IS NOT NULL THEN concat_ws(${[separator, ...parts].join(', ')}) END`,
  ),
  scalar('human_readable_seconds(double) varchar', 'weir_human_seconds($1)'),
  scalar('parse_duration(varchar(x)) interval day to second', 'weir_parse_duration($1)'),
  scalar('parse_data_size(varchar(x)) decimal(38,0)', 'CAST(weir_parse_data_size($1) AS DECIMAL(38, 0))'),
  scalar('parse_presto_data_size(varchar(x)) decimal(38,0)', 'CAST(weir_parse_data_size($1) AS DECIMAL(38, 0))'),
  scalar('uuid() uuid', 'uuid()'),
  scalar('contains(varchar, ipaddress) boolean', 'weir_ip_contains($1, $2)'),
];

function splitPart(text: string, delimiter: string, index: string): string {
  const known = literalInteger(index);
  const parts = literalText(delimiter)
    ? `string_split(${text}, ${delimiter})`
    : `weir_split(${text}, ${delimiter}, 2147483647)`;
  if (known !== undefined && known > 0) return `${parts}[${index}]`;
  return `CASE WHEN ${index} <= 0 THEN ${failText(invalid, 'Index must be greater than zero', 'VARCHAR')} ELSE ${parts}[${index}] END`;
}

/** `weir_split_pairs` gives keys and values in turn. */
function splitToMap(text: string, entry: string, pair: string): string {
  return once(
    `weir_split_pairs(${text}, ${entry}, ${pair}, true)`,
    (x) => `map(${x}[1:len(${x}):2], ${x}[2:len(${x}):2])`,
  );
}

function splitToMultimap(text: string, entry: string, pair: string): string {
  return once(`weir_split_pairs(${text}, ${entry}, ${pair}, false)`, (x) => {
    const keys = `${x}[1:len(${x}):2]`;
    const first = `list_filter(${keys}, lambda weir_k, weir_i: list_position(${keys}, weir_k) = weir_i)`;
    const values = `list_filter(${x}[2:len(${x}):2], lambda weir_w, weir_i: ${keys}[weir_i] = weir_k)`;
    return `map(${first}, list_transform(${first}, lambda weir_k: ${values}))`;
  });
}
