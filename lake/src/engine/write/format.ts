import { STORAGES } from '../ddl/storage.ts';
import { failure, notImplemented } from '../failure.ts';
import type { PropertyReader } from './properties.ts';

/** How rows are written and how their table is described in Glue. */
export interface WriteFormat {
  readonly kind: 'parquet' | 'text' | 'json';
  /** As DuckDB's COPY calls it. */
  readonly codec: string;
  readonly level: number | undefined;
  readonly delimiter: string;
  readonly nullText: string;
  readonly extension: string;
  readonly storage: { readonly input: string; readonly output: string; readonly serde: string };
  readonly serdeParameters: Readonly<Record<string, string>>;
  readonly tableParameters: Readonly<Record<string, string>>;
}

// Not LZ4: DuckDB writes LZ4_RAW, which Trino does not read.
const PARQUET_CODECS: Readonly<Record<string, string>> = {
  none: 'uncompressed',
  uncompressed: 'uncompressed',
  snappy: 'snappy',
  gzip: 'gzip',
  zstd: 'zstd',
};

const TEXT_CODECS: Readonly<Record<string, string>> = {
  none: 'none',
  uncompressed: 'none',
  gzip: 'gzip',
  zstd: 'zstd',
};
const EXTENSIONS: Readonly<Record<string, string>> = { none: '', gzip: '.gz', zstd: '.zst' };

/** format, write_compression and their kin: https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html */
export function readFormat(properties: PropertyReader): WriteFormat {
  const name = (properties.text('format') ?? 'PARQUET').toUpperCase();
  const specific = { PARQUET: properties.text('parquet_compression'), ORC: properties.text('orc_compression') };
  const compression = properties.text('write_compression');
  const level = properties.number('compression_level');
  const delimiter = properties.text('field_delimiter');
  const other = name === 'PARQUET' ? specific.PARQUET : undefined;
  const codec = (compression ?? other ?? 'GZIP').toLowerCase();
  return formatNamed(name, codec, level, delimiter);
}

export function formatNamed(
  name: string,
  codec: string,
  level: number | undefined,
  delimiter: string | undefined,
): WriteFormat {
  switch (name) {
    case 'PARQUET':
      return parquetFormat(codec, level);
    case 'TEXTFILE':
    case 'CSV':
      return textFormat(codec, delimiter ?? (name === 'CSV' ? ',' : '\u0001'));
    case 'JSON':
      return jsonFormat(codec);
    case 'ORC':
    case 'AVRO':
    case 'ION':
      throw notImplemented(`writing ${name}`);
    default:
      throw failure(
        'INVALID_TABLE_PROPERTY',
        `Unable to set catalog 'awsdatacatalog' table property 'format' to ['${name}']`,
      );
  }
}

export function parquetFormat(codec: string, level: number | undefined): WriteFormat {
  return {
    kind: 'parquet',
    codec: chosen(PARQUET_CODECS, codec, 'PARQUET'),
    level: codec === 'zstd' ? level : undefined,
    delimiter: '',
    nullText: '',
    extension: '',
    storage: STORAGES.parquet!,
    serdeParameters: { 'serialization.format': '1' },
    tableParameters: { classification: 'parquet', 'parquet.compression': codec.toUpperCase() },
  };
}

export function textFormat(codec: string, delimiter: string, nullText = '\\N'): WriteFormat {
  const name = chosen(TEXT_CODECS, codec, 'TEXTFILE');
  return {
    kind: 'text',
    codec: name,
    level: undefined,
    delimiter,
    nullText,
    extension: EXTENSIONS[name] ?? '',
    storage: STORAGES.textfile!,
    serdeParameters: { 'field.delim': delimiter, 'serialization.format': delimiter },
    tableParameters: { classification: 'csv', write_compression: codec.toUpperCase() },
  };
}

export function jsonFormat(codec: string): WriteFormat {
  const name = chosen(TEXT_CODECS, codec, 'JSON');
  return {
    kind: 'json',
    codec: name,
    level: undefined,
    delimiter: '',
    nullText: '',
    extension: EXTENSIONS[name] ?? '',
    storage: STORAGES.jsonfile!,
    serdeParameters: { 'serialization.format': '1' },
    tableParameters: { classification: 'json', write_compression: codec.toUpperCase() },
  };
}

function chosen(codecs: Readonly<Record<string, string>>, codec: string, format: string): string {
  const name = Object.hasOwn(codecs, codec) ? codecs[codec] : undefined;
  if (name !== undefined) return name;
  if (/^(bzip2|deflate|lzo|brotli|lz4|snappy)$/.test(codec)) throw notImplemented(`writing ${format} as ${codec}`);
  throw failure('INVALID_TABLE_PROPERTY', `Invalid compression ${codec.toUpperCase()} for ${format}`);
}
