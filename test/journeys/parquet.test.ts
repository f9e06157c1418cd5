import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { GetPartitionsCommand, GetTableCommand, GlueClient } from '@aws-sdk/client-glue';
import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { DuckDBInstance } from '@duckdb/node-api';
import { parquetMetadata, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { makeWorkspace, type Workspace } from './workspace.ts';

// What other tools find in the raw zone: the files are fetched by the ordinary SDK and opened by two readers that share no
// code, hyparquet (the schema as it stands in the footer) and DuckDB (which has to agree).

/** [name, physical type, logical type] of every column that a file of the table has: none of them is a partition column. */
const EVENTS = [
  ['event_id', 'INT64', undefined],
  ['visits', 'INT32', undefined],
  ['happened_on', 'INT32', 'DATE'],
  ['amount', 'INT32|INT64|FIXED_LEN_BYTE_ARRAY', 'DECIMAL(10,2)'],
  ['total', 'INT64|FIXED_LEN_BYTE_ARRAY', 'DECIMAL(18,4)'],
  ['label', 'BYTE_ARRAY', 'STRING'],
  ['open', 'BOOLEAN', undefined],
  ['ratio', 'DOUBLE', undefined],
] as const;
const PRODUCTS = [
  ['product_id', 'INT32', undefined],
  ['product_name', 'BYTE_ARRAY', 'STRING'],
  ['price', 'INT32|INT64|FIXED_LEN_BYTE_ARRAY', 'DECIMAL(10,2)'],
] as const;

const COLUMNS = [
  'event_id bigint CAST(1234567890123 AS bigint)',
  'visits int TRY_CAST(quantity AS integer)',
  'happened_on date CAST(sold_on AS date)',
  "amount decimal(10,2) CAST('12345678.91' AS decimal(10, 2))",
  "total decimal(18,4) CAST('-0.0001' AS decimal(18, 4))",
  "label string 'Grün, 茶'",
  'open boolean TRUE',
  'ratio double CAST(0.25 AS double)',
].map((text) => /^(\S+) (\S+) (.+)$/.exec(text)!.slice(1) as [string, string, string]);

let shop: Workspace;
let glue: GlueClient;
let s3: S3Client;

before(async () => {
  shop = await makeWorkspace();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const config = { endpoint: shop.endpoint, region: 'us-east-1', credentials };
  glue = new GlueClient(config);
  s3 = new S3Client({ ...config, forcePathStyle: true });
  await addEvents();
  await runs('validate');
  await runs('apply');
  await drop('shop/products/products.csv', 'product_id,product_name,price\n1,"Tea, green",2.50\n2,Rice,40.00\n');
  for (const day of ['2025-03-01', '2025-03-02']) {
    await drop(`shop/sales/${day}/sales.csv`, `sale_id,product_id,quantity,sold_on\n1,1,2,${day}\n2,2,,${day}\n`);
  }
  await runs('load');
});
after(async () => {
  glue.destroy();
  s3.destroy();
  await shop.close();
});

test('partition folders are where the catalog says, and the files in them have the declared columns', async () => {
  const { Partitions = [] } = await glue.send(new GetPartitionsCommand({ ...named('events') }));
  assert.deepEqual(Partitions.map((each) => each.Values!.join('-')).sort(), ['2025-03-01', '2025-03-02']);
  for (const { Values, StorageDescriptor } of Partitions) {
    const location = StorageDescriptor!.Location!;
    const [year, month, day] = Values!;
    assert.match(location, new RegExp(`/load-[^/]+/year=${year}/month=${month}/day=${day}/?$`));
    for (const file of await filesAt(location)) {
      schemaIs(file, EVENTS, 'GZIP');
      await duckSchemaIs(file, EVENTS, 'GZIP');
      const rows = await parquetReadObjects({ file: exact(file), compressors: { GZIP: (bytes) => gunzipSync(bytes) } });
      const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
      const same = { amount: 12345678.91, label: 'Grün, 茶', open: true, ratio: 0.25 };
      assert.deepEqual(
        rows.map(({ total: _, ...row }) => row).sort((a, b) => Number(b.visits) - Number(a.visits)),
        [2, null].map((visits) => ({ event_id: 1234567890123n, visits, happened_on: date, ...same })),
      );
      // hyparquet makes numbers of decimals, which are not exact.
      for (const { total } of rows) assert.ok(Math.abs(total + 0.0001) < 1e-12, String(total));
      const exactly = await duck(file, 'SELECT DISTINCT amount::VARCHAR, total::VARCHAR FROM $file');
      assert.deepEqual(exactly, [['12345678.91', '-0.0001']]);
    }
  }
});

test('a table that is replaced as a whole stands where the catalog says', async () => {
  const { Table } = await glue.send(
    new GetTableCommand({ DatabaseName: named('products').DatabaseName, Name: 'products' }),
  );
  const location = Table!.StorageDescriptor!.Location!;
  assert.match(location, new RegExp(`^s3://${shop.buckets.raw}/shop/products/load-[^/]+/$`));
  const rows: unknown[] = [];
  for (const file of await filesAt(location)) {
    schemaIs(file, PRODUCTS, 'ZSTD');
    await duckSchemaIs(file, PRODUCTS, 'ZSTD');
    rows.push(...(await duck(file, 'SELECT product_id, product_name, price::VARCHAR FROM $file ORDER BY 1')));
  }
  assert.deepEqual(rows, [
    [1, 'Tea, green', '2.50'],
    [2, 'Rice', '40.00'],
  ]);
});

type Schema = readonly (readonly [string, string, string | undefined])[];

/** What the footer says, read by hyparquet. */
function schemaIs(file: Uint8Array, wanted: Schema, codec: string): void {
  const metadata = parquetMetadata(exact(file));
  const columns = metadata.schema.slice(1).map((element): [string, string, string | undefined] => {
    return [element.name, element.type ?? '', logicalType(element)];
  });
  agree(columns, wanted);
  for (const group of metadata.row_groups) {
    for (const column of group.columns) assert.equal(column.meta_data?.codec, codec);
  }
}

/** As older writers say it (UTF8) or newer ones (STRING); of a plain integer the physical type says all. */
function logicalType({ logical_type, converted_type, precision, scale }: SchemaElement): string | undefined {
  const kind: string | undefined = logical_type?.type ?? converted_type;
  if (kind === 'DECIMAL') return `DECIMAL(${precision},${scale})`;
  if (kind === 'UTF8') return 'STRING';
  return kind === 'INTEGER' || kind === 'INT_32' || kind === 'INT_64' ? undefined : kind;
}

/** The same, read by DuckDB. */
async function duckSchemaIs(file: Uint8Array, wanted: Schema, codec: string): Promise<void> {
  const rows = await duck(file, 'SELECT name, type, duckdb_type FROM parquet_schema($file) WHERE num_children IS NULL');
  const types: Readonly<Record<string, string | undefined>> = { VARCHAR: 'STRING', DATE: 'DATE' };
  agree(
    rows.map(([name, type, kind]) => {
      const text = String(kind);
      return [String(name), String(type), text.startsWith('DECIMAL') ? text : types[text]];
    }),
    wanted,
  );
  assert.deepEqual(await duck(file, 'SELECT DISTINCT compression FROM parquet_metadata($file)'), [[codec]]);
}

function agree(found: Schema, wanted: Schema): void {
  assert.deepEqual(
    found.map(([name, , logical]) => [name, logical]),
    wanted.map(([name, , logical]) => [name, logical]),
  );
  for (const [index, [name, physical]] of wanted.entries()) {
    assert.match(found[index]![1], new RegExp(`^(${physical})$`), name);
  }
}

async function duck(file: Uint8Array, sql: string): Promise<readonly (readonly unknown[])[]> {
  const path = join(shop.dir, 'read.parquet');
  await writeFile(path, file);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    const read = sql.includes('($file') ? `'${path}'` : `read_parquet('${path}', hive_partitioning = false)`;
    return (await connection.runAndReadAll(sql.replace('$file', read))).getRows();
  } finally {
    connection.closeSync();
  }
}

function named(TableName: string): { readonly DatabaseName: string; readonly TableName: string } {
  return { DatabaseName: `${shop.prefix}shop_raw`, TableName };
}

function exact(file: Uint8Array): ArrayBuffer {
  return file.slice().buffer as ArrayBuffer;
}

/** Every object at a location of the catalog, at least one. */
async function filesAt(location: string): Promise<readonly Uint8Array[]> {
  const [, Bucket = '', Prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(location) ?? [];
  const files: Uint8Array[] = [];
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix })) {
    for (const { Key } of page.Contents ?? []) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: Key! }));
      files.push(await Body!.transformToByteArray());
    }
  }
  assert.ok(files.length > 0, `nothing at ${location}`);
  return files;
}

/** A table with a column of every type that is told apart here, made from the sales as dropped. */
async function addEvents(): Promise<void> {
  const partitions = ['year', 'month', 'day'] as const;
  const formats = { year: ['yyyy', '%Y'], month: ['MM', '%m'], day: ['dd', '%d'] } as const;
  await shop.write(
    'tables/shop_raw/events/table.yaml',
    `description: One column of each type
owner: tests
format: parquet
compression: gzip
location: { bucket: raw, path: shop/events/ }
columns:
${COLUMNS.map(([name, type]) => `  - { name: ${name}, type: "${type}", description: As its name says }\n`).join('')}partitions:
${partitions.map((name) => `  - { name: ${name}, type: string, date: ${formats[name][0]}, description: Of the drop }\n`).join('')}load: { mode: partitions, start: "2025-01-01" }
`,
  );
  const select = COLUMNS.map(([name, , sql]) => `${sql} AS ${name}`);
  select.push(...partitions.map((name) => `date_format(landing_day, '${formats[name][1]}') AS ${name}`));
  await shop.write(
    'tables/shop_raw/events/load.sql',
    `SELECT\n  ${select.join(',\n  ')}\nFROM\n  shop_landing.sales\nWHERE\n  landing_day BETWEEN :from AND :to\n`,
  );
}

async function runs(verb: string): Promise<void> {
  const run = await shop.run(verb);
  assert.equal(run.code, 0, run.stdout + run.stderr);
}

async function drop(Key: string, Body: string): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: shop.buckets.landing, Key, Body }));
}
