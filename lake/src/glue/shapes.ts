import {
  any,
  boolean,
  integer,
  list,
  map,
  oneOf,
  text as plainText,
  type Shape,
  structure,
  time,
} from '../shape/shape.ts';

/** The members of Glue's API, with the limits that its reference gives: they count bytes of UTF-8. */

const text: typeof plainText = (bounds = {}) => plainText({ ...bounds, bytes: true });

const LINE = /^[\u0020-\uD7FF\uE000-\uFFFD\uD800-\uDBFF\uDC00-\uDFFF\t]*$/;
const LINES = /^[\u0020-\uD7FF\uE000-\uFFFD\uD800-\uDBFF\uDC00-\uDFFF\r\n\t]*$/;

export const name = text({ min: 1, max: 255, pattern: LINE });
const description = text({ max: 2048, pattern: LINES });
const location = text({ max: 2056, pattern: LINES });
const parameters = map(text({ max: 512_000 }), 255);
export const tags = map(text({ max: 256 }));

const column = structure({
  'Name!': name,
  Type: text({ max: 131_072, pattern: LINE }),
  Comment: text({ max: 255, pattern: LINE }),
  Parameters: parameters,
});

const storageDescriptor = structure({
  Columns: list(column),
  Location: location,
  AdditionalLocations: list(location),
  InputFormat: text({ max: 128, pattern: LINE }),
  OutputFormat: text({ max: 128, pattern: LINE }),
  Compressed: boolean,
  NumberOfBuckets: integer(),
  SerdeInfo: structure({ Name: name, SerializationLibrary: name, Parameters: parameters }),
  BucketColumns: list(name),
  SortColumns: list(structure({ 'Column!': name, 'SortOrder!': integer({ min: 0, max: 1 }) })),
  Parameters: parameters,
  SkewedInfo: any,
  StoredAsSubDirectories: boolean,
  SchemaReference: any,
});

export const databaseInput = structure({
  'Name!': name,
  Description: description,
  LocationUri: text({ min: 1, max: 1024, pattern: LINES }),
  Parameters: parameters,
});

export const tableInput = structure({
  'Name!': name,
  Description: description,
  Owner: name,
  LastAccessTime: time,
  LastAnalyzedTime: time,
  Retention: integer({ min: 0 }),
  StorageDescriptor: storageDescriptor,
  PartitionKeys: list(column),
  ViewOriginalText: text({ max: 409_600 }),
  ViewExpandedText: text({ max: 409_600 }),
  TableType: text({ max: 255 }),
  Parameters: parameters,
});

const value = text({ max: 1024 });
export const values = list(value);
export const valueList = structure({ 'Values!': values });

export const partitionInput = structure({
  'Values!': values,
  LastAccessTime: time,
  LastAnalyzedTime: time,
  StorageDescriptor: storageDescriptor,
  Parameters: parameters,
});

export const partitionIndex = structure({ 'IndexName!': name, 'Keys!': list(name, { min: 1 }) });

export const columnStatistics = list(
  structure({
    'ColumnName!': name,
    'ColumnType!': text({ max: 20_000, pattern: LINE }),
    'AnalyzedTime!': time,
    'StatisticsData!': structure({
      'Type!': oneOf('BOOLEAN', 'DATE', 'DECIMAL', 'DOUBLE', 'LONG', 'STRING', 'BINARY'),
    }),
  }),
  { max: 25 },
);
export const columnNames = list(name, { max: 100 });

export const expression = text({ max: 2048, pattern: LINE });
export const versionId = name;
export const arn = text({ min: 1, max: 10_240, pattern: /^arn:aws(-[a-z-]+)?:glue:.*$/ });

const catalogId = { CatalogId: name };

export function request(members: Readonly<Record<string, Shape>>): Shape {
  return structure({ ...catalogId, ...members });
}

export const ofDatabase = { 'DatabaseName!': name };
export const ofTable = { ...ofDatabase, 'TableName!': name };
export const paging = (max: number) => ({ NextToken: text(), MaxResults: integer({ min: 1, max }) });
