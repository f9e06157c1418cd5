import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { madeOnce, pythonEnvironment } from '../test/clients/cache.ts';
import { must } from '../test/clients/run.ts';
import { BUCKET, type LakeClient } from './lake-client.ts';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');

/** The eight tables of TPC-H at scale 1, one Parquet file each, as the generator from PyPI writes them. */
export async function tpchFiles(): Promise<string> {
  const environment = await pythonEnvironment(REQUIREMENTS);
  return madeOnce('tpch-1', async (folder) => {
    await must(join(environment, 'bin/tpchgen-cli'), ['parquet', '--scale-factor', '1', '--output-dir', folder]);
  });
}

/** Puts the files into the lake and makes a table of each. Gives the tables with where the lake keeps their files. */
export async function tpchTables(client: LakeClient, dir: string): Promise<ReadonlyMap<string, string>> {
  const folder = await tpchFiles();
  const database = await DuckDBInstance.create(':memory:');
  const connection = await database.connect();
  const tables = new Map<string, string>();
  await client.ask('CREATE DATABASE tpch');
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.parquet'))) {
    const table = file.slice(0, -'.parquet'.length);
    const path = join(folder, file);
    const Key = `tpch/${table}/${file}`;
    const { size } = await stat(path);
    await client.s3.send(
      new PutObjectCommand({ Bucket: BUCKET, Key, Body: createReadStream(path), ContentLength: size }),
    );
    const columns = (await columnsOf(connection, path)).map(([name, type]) => `\`${name}\` ${type}`);
    await client.ask(
      `CREATE EXTERNAL TABLE tpch.${table} (${columns.join(', ')}) STORED AS PARQUET LOCATION 's3://${BUCKET}/tpch/${table}/'`,
    );
    tables.set(table, join(dir, 'objects', BUCKET, Key));
  }
  connection.closeSync();
  database.closeSync();
  return tables;
}

const HIVE_TYPES: Readonly<Record<string, string>> = { INTEGER: 'int', VARCHAR: 'string' };

/** Names and Hive types of a Parquet file's columns. */
async function columnsOf(connection: DuckDBConnection, path: string): Promise<readonly (readonly [string, string])[]> {
  const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet('${path.replaceAll("'", "''")}')`);
  return reader.getRowsJson().map((row) => {
    const [name, type] = row.map(String) as [string, string];
    return [name, HIVE_TYPES[type] ?? type.toLowerCase()];
  });
}
