import type { TableFormat } from '../model/definition.ts';
import type { FormatState } from './state.ts';

const HIVE = 'org.apache.hadoop.hive';
const TEXT = {
  input: 'org.apache.hadoop.mapred.TextInputFormat',
  output: `${HIVE}.ql.io.HiveIgnoreKeyTextOutputFormat`,
} as const;

export const SERDE = {
  parquet: `${HIVE}.ql.io.parquet.serde.ParquetHiveSerDe`,
  orc: `${HIVE}.ql.io.orc.OrcSerde`,
  avro: `${HIVE}.serde2.avro.AvroSerDe`,
  open: `${HIVE}.serde2.OpenCSVSerde`,
  lazy: `${HIVE}.serde2.lazy.LazySimpleSerDe`,
  hiveJson: 'org.apache.hive.hcatalog.data.JsonSerDe',
  openxJson: 'org.openx.data.jsonserde.JsonSerDe',
} as const;

/** What `STORED AS x` stands for. */
export const STORED_AS: Readonly<Record<string, { input: string; output: string }>> = {
  PARQUET: {
    input: `${HIVE}.ql.io.parquet.MapredParquetInputFormat`,
    output: `${HIVE}.ql.io.parquet.MapredParquetOutputFormat`,
  },
  ORC: { input: `${HIVE}.ql.io.orc.OrcInputFormat`, output: `${HIVE}.ql.io.orc.OrcOutputFormat` },
  AVRO: {
    input: `${HIVE}.ql.io.avro.AvroContainerInputFormat`,
    output: `${HIVE}.ql.io.avro.AvroContainerOutputFormat`,
  },
  TEXTFILE: TEXT,
};

/** Parameters that a SerDe takes for itself when it is told nothing; `serialization.format` 1 is Hive's own habit. */
const DEFAULTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [SERDE.open]: { separatorChar: ',', quoteChar: '"', escapeChar: '\\' },
  [SERDE.lazy]: { 'field.delim': '\u0001' },
};

/** The format that the DDL of a definition gives a table. */
export function formatState(format: TableFormat): FormatState {
  switch (format.kind) {
    case 'parquet':
      return { ...STORED_AS.PARQUET!, serde: SERDE.parquet, parameters: {} };
    case 'orc':
      return { ...STORED_AS.ORC!, serde: SERDE.orc, parameters: {} };
    case 'avro':
      return { ...STORED_AS.AVRO!, serde: SERDE.avro, parameters: {} };
    case 'json': {
      const serde = format.serde === 'hive' ? SERDE.hiveJson : SERDE.openxJson;
      return normalFormat({ ...TEXT, serde, parameters: format.options });
    }
    case 'csv':
      return normalFormat({ ...TEXT, ...csvSerde(format) });
  }
}

function csvSerde(format: Extract<TableFormat, { kind: 'csv' }>): Pick<FormatState, 'serde' | 'parameters'> {
  if (format.serde === 'open') {
    const parameters = { separatorChar: format.delimiter, quoteChar: format.quote, escapeChar: format.escape };
    return { serde: SERDE.open, parameters };
  }
  return {
    serde: SERDE.lazy,
    parameters: {
      'field.delim': format.delimiter,
      'serialization.format': format.delimiter,
      ...(format.escape === '' ? {} : { 'escape.delim': format.escape }),
      ...(format.nullAs === undefined ? {} : { 'serialization.null.format': format.nullAs }),
    },
  };
}

/** Leaves out what a SerDe does anyway, and the Hive 1 name of the text output. */
export function normalFormat(format: FormatState): FormatState {
  const defaults = DEFAULTS[format.serde] ?? {};
  const parameters = Object.fromEntries(
    Object.entries(format.parameters).filter(([key, value]) => {
      if (key === 'serialization.format') return value !== '1' && value !== format.parameters['field.delim'];
      return defaults[key] !== value;
    }),
  );
  const output = format.output === `${HIVE}.ql.io.IgnoreKeyTextOutputFormat` ? TEXT.output : format.output;
  return { input: format.input, output, serde: format.serde, parameters };
}

/** How a format is named in messages. */
export function formatName(format: FormatState): string {
  const name = Object.entries(SERDE).find(([, serde]) => serde === format.serde)?.[0];
  return name ?? (format.serde === '' ? 'none' : format.serde);
}
