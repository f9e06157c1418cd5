import { failure, notImplemented } from '../engine/failure.ts';
import type { PropertyReader } from '../engine/write/properties.ts';
import { textLiteral } from './text.ts';

/** How Trino is to write, and what Athena notes of it in the table's parameters. */
export interface WriteFormat {
  /** Table properties of Trino's Hive connector. */
  readonly properties: readonly string[];
  /** Session property compression_codec. */
  readonly codec: string;
  readonly tableParameters: Readonly<Record<string, string>>;
}

const CODECS: Readonly<Record<string, string>> = {
  NONE: 'NONE',
  UNCOMPRESSED: 'NONE',
  SNAPPY: 'SNAPPY',
  GZIP: 'GZIP',
  ZLIB: 'GZIP',
  LZ4: 'LZ4',
  ZSTD: 'ZSTD',
};

const NOTED: Readonly<Record<string, readonly [classification: string, codec: string]>> = {
  PARQUET: ['parquet', 'parquet.compression'],
  ORC: ['orc', 'orc.compress'],
  AVRO: ['avro', 'avro.output.codec'],
  JSON: ['json', 'write_compression'],
  TEXTFILE: ['csv', 'write_compression'],
};

/** format, write_compression and their kin: https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html */
export function readFormat(properties: PropertyReader, compressions: readonly string[]): WriteFormat {
  const asked = (properties.text('format') ?? 'PARQUET').toUpperCase();
  const format = asked === 'CSV' ? 'TEXTFILE' : asked;
  const given = compressions.map((name) => properties.text(name)).find((codec) => codec !== undefined);
  properties.number('compression_level'); // Trino's writers have a level of their own
  const delimiter = properties.text('field_delimiter') ?? (asked === 'CSV' ? ',' : undefined);
  const noted = NOTED[format];
  if (noted === undefined) throw unknownFormat(asked);
  const codec = (given ?? 'GZIP').toUpperCase();
  const separator = format === 'TEXTFILE' && delimiter !== undefined;
  return {
    properties: [
      `format = ${textLiteral(format)}`,
      ...(separator ? [`textfile_field_separator = ${textLiteral(delimiter)}`] : []),
    ],
    codec: codecOf(codec, format),
    tableParameters: { classification: noted[0], [noted[1]]: codec },
  };
}

function unknownFormat(format: string): Error {
  if (format === 'ION') return notImplemented('writing ION');
  const text = `Unable to set catalog 'awsdatacatalog' table property 'format' to ['${format}']`;
  return failure('INVALID_TABLE_PROPERTY', text);
}

function codecOf(codec: string, format: string): string {
  const name = CODECS[codec];
  if (name !== undefined) return name;
  if (/^(BZIP2|DEFLATE|LZO|BROTLI)$/.test(codec)) throw notImplemented(`writing ${format} as ${codec.toLowerCase()}`);
  throw failure('INVALID_TABLE_PROPERTY', `Invalid compression ${codec} for ${format}`);
}

/** The codec that a table's files are written in, as its parameters say; gzip where they don't. */
export function codecNoted(parameters: Readonly<Record<string, string>>): string {
  const said = ['parquet.compression', 'orc.compress', 'compression', 'write_compression'].map(
    (key) => parameters[key],
  );
  return CODECS[(said.find((codec) => codec !== undefined) ?? 'GZIP').toUpperCase()] ?? 'GZIP';
}
