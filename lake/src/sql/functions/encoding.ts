import { type FunctionDefinition, scalar } from './definition.ts';

const digests = ['md5', 'sha1', 'sha256', 'sha512', 'xxhash64', 'murmur3'];
const codecs = ['base64', 'base64url', 'base32', 'hex'];

/** Bytes, their texts and hashes. */
export const encodingFunctions: readonly FunctionDefinition[] = [
  ...digests.map((name) => scalar(`${name}(varbinary) varbinary`, `weir_${name}($1)`)),
  ...['md5', 'sha1', 'sha256', 'sha512'].map((name) =>
    scalar(`hmac_${name}(varbinary, varbinary) varbinary`, `weir_hmac_${name}($1, $2)`),
  ),
  scalar('crc32(varbinary) bigint', 'weir_crc32($1)'),
  ...codecs.flatMap((name) => [
    scalar(`from_${name}(varchar(x)) varbinary`, `weir_from_${name}($1)`),
    scalar(`from_${name}(varbinary) varbinary`, `weir_from_${name}(decode($1))`),
    scalar(`to_${name}(varbinary) varchar`, name === 'hex' ? 'hex($1)' : `weir_to_${name}($1)`),
  ]),
  scalar('to_utf8(varchar(x)) varbinary', 'encode($1)'),
  scalar(
    'to_utf8(char(x)) varbinary',
    ([x], { types }) => `encode(rpad(${x}, ${(types[0] as { length: number }).length}, ' '))`,
  ),
  scalar('from_utf8(varbinary) varchar', 'weir_from_utf8($1, chr(65533))'),
  scalar('from_utf8(varbinary, varchar(x)) varchar', 'weir_from_utf8($1, $2)'),
  scalar('from_utf8(varbinary, bigint) varchar', 'weir_from_utf8($1, weir_chr($2))'),
  scalar('to_big_endian_64(bigint) varbinary', 'weir_to_big_endian_64($1)'),
  scalar('to_big_endian_32(integer) varbinary', 'weir_to_big_endian_32(CAST($1 AS BIGINT))'),
  scalar('from_big_endian_64(varbinary) bigint', 'weir_from_big_endian_64($1)'),
  scalar('from_big_endian_32(varbinary) integer', 'CAST(weir_from_big_endian_32($1) AS INTEGER)'),
  scalar('to_ieee754_64(double) varbinary', 'weir_to_ieee754_64($1)'),
  scalar('to_ieee754_32(real) varbinary', 'weir_to_ieee754_32(CAST($1 AS DOUBLE))'),
  scalar('from_ieee754_64(varbinary) double', 'weir_from_ieee754_64($1)'),
  scalar('from_ieee754_32(varbinary) real', 'CAST(weir_from_ieee754_32($1) AS FLOAT)'),
  scalar('url_encode(varchar(x)) varchar', 'weir_url_encode($1)', ({ numbers }) => {
    const length = numbers.get('x');
    return { kind: 'varchar', length: length === undefined || length * 12 > 2147483646 ? undefined : length * 12 };
  }),
  scalar('url_decode(varchar(x)) varchar(x)', 'weir_url_decode($1)'),
  scalar('url_extract_port(varchar(x)) bigint', "CAST(weir_url_part($1, 'port') AS BIGINT)"),
  ...['host', 'protocol', 'path', 'query', 'fragment'].map((part) =>
    scalar(`url_extract_${part}(varchar(x)) varchar(x)`, `weir_url_part($1, '${part}')`),
  ),
  scalar('url_extract_parameter(varchar(x), varchar(y)) varchar(x)', 'weir_url_parameter($1, $2)'),
];
