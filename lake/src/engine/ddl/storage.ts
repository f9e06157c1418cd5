import type { GlueSerDeInfo } from '../../catalog/catalog.ts';
import type { StorageClauses } from '../../hive/statement.ts';
import { semanticFailure } from '../failure.ts';

interface Storage {
  readonly input: string;
  readonly output: string;
  readonly serde: string;
}

const HIVE = 'org.apache.hadoop.hive';
const LAZY = `${HIVE}.serde2.lazy.LazySimpleSerDe`;
const TEXT: Storage = {
  input: 'org.apache.hadoop.mapred.TextInputFormat',
  output: `${HIVE}.ql.io.HiveIgnoreKeyTextOutputFormat`,
  serde: LAZY,
};

/** What each STORED AS stands for. */
export const STORAGES: Readonly<Record<string, Storage>> = {
  textfile: TEXT,
  jsonfile: { ...TEXT, serde: 'org.apache.hive.hcatalog.data.JsonSerDe' },
  sequencefile: {
    input: 'org.apache.hadoop.mapred.SequenceFileInputFormat',
    output: `${HIVE}.ql.io.HiveSequenceFileOutputFormat`,
    serde: LAZY,
  },
  rcfile: {
    input: `${HIVE}.ql.io.RCFileInputFormat`,
    output: `${HIVE}.ql.io.RCFileOutputFormat`,
    serde: `${HIVE}.serde2.columnar.LazyBinaryColumnarSerDe`,
  },
  orc: {
    input: `${HIVE}.ql.io.orc.OrcInputFormat`,
    output: `${HIVE}.ql.io.orc.OrcOutputFormat`,
    serde: `${HIVE}.ql.io.orc.OrcSerde`,
  },
  parquet: {
    input: `${HIVE}.ql.io.parquet.MapredParquetInputFormat`,
    output: `${HIVE}.ql.io.parquet.MapredParquetOutputFormat`,
    serde: `${HIVE}.ql.io.parquet.serde.ParquetHiveSerDe`,
  },
  avro: {
    input: `${HIVE}.ql.io.avro.AvroContainerInputFormat`,
    output: `${HIVE}.ql.io.avro.AvroContainerOutputFormat`,
    serde: `${HIVE}.serde2.avro.AvroSerDe`,
  },
  ion: {
    input: 'com.amazon.ionhiveserde.formats.IonInputFormat',
    output: 'com.amazon.ionhiveserde.formats.IonOutputFormat',
    serde: 'com.amazon.ionhiveserde.IonHiveSerDe',
  },
};

export interface GlueStorage {
  readonly InputFormat: string;
  readonly OutputFormat: string;
  readonly SerdeInfo: GlueSerDeInfo;
}

/** The formats and SerDe that the clauses of CREATE TABLE come to in Glue. */
export function storageOf(clauses: StorageClauses): GlueStorage {
  const { format = 'textfile' } = clauses;
  const base = Object.hasOwn(STORAGES, format) ? STORAGES[format] : undefined;
  if (base === undefined) {
    throw semanticFailure(`Unrecognized file format in STORED AS clause: '${format.toUpperCase()}'`);
  }
  const library = clauses.serde?.library || base.serde;
  const properties = clauses.serde?.properties ?? clauses.delimited ?? {};
  const plain = clauses.serde === undefined || library === base.serde || library === LAZY;
  return {
    InputFormat: clauses.inputFormat ?? base.input,
    OutputFormat: clauses.outputFormat ?? base.output,
    SerdeInfo: {
      SerializationLibrary: library,
      // Hive adds the format where the clauses leave it out.
      Parameters: plain
        ? { 'serialization.format': '1', ...properties }
        : { 'serialization.format': '1', ...properties },
    },
  };
}
