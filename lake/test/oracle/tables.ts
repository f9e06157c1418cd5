import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DuckDBConnection } from '@duckdb/node-api';
import { installFunctions } from '../../src/sql/functions/install.ts';
import type { Relation, Relations } from '../../src/sql/sql.ts';
import { duckdbType, parseTrinoType, quoteName, quoteText } from '../../src/sql/types/index.ts';
import type { Type } from '../../src/sql/types.ts';

export const folder = fileURLToPath(new URL('.', import.meta.url));

interface Declared {
  readonly file: string;
  /** `type` is Hive's, `query_type` Trino's. */
  readonly columns: readonly { readonly name: string; readonly type: string; readonly query_type: string }[];
}

export const declared = JSON.parse(readFileSync(`${folder}tables/tables.json`, 'utf8')) as Readonly<
  Record<string, Declared>
>;

function columnsOf(table: Declared): { name: string; type: Type }[] {
  return table.columns.map(({ name, query_type }) => ({ name, type: parseTrinoType(query_type)! }));
}

const varchar: Type = { kind: 'varchar', length: undefined };
const informationSchema: Relation = {
  kind: 'table',
  database: 'information_schema',
  name: 'columns',
  columns: ['table_catalog', 'table_schema', 'table_name', 'column_name', 'data_type'].map((name) => ({
    name,
    type: varchar,
  })),
  partitionColumns: [],
};

/** The oracle's tables as the front asks for them. */
export const relations: Relations = {
  find(database, name) {
    if (database === 'information_schema') return name === 'columns' ? informationSchema : undefined;
    if (database !== 'oracle') return 'no-database';
    const table = declared[name];
    return table && { kind: 'table', database, name, columns: columnsOf(table), partitionColumns: [] };
  },
};

/** Loads the tables and what emitted SQL calls. */
export async function load(connection: DuckDBConnection): Promise<void> {
  await installFunctions(connection);
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(
    'CREATE TABLE columns (table_catalog VARCHAR, table_schema VARCHAR, table_name VARCHAR, column_name VARCHAR, data_type VARCHAR)',
  );
  for (const [name, table] of Object.entries(declared)) {
    const types = columnsOf(table).map((column) => `${quoteText(column.name)}: ${quoteText(duckdbType(column.type))}`);
    const file = quoteText(`${folder}tables/${table.file}`);
    const columns = columnsOf(table)
      .map((column) => quoteName(column.name))
      .join(', ');
    await connection.run(
      `CREATE TABLE ${name} AS SELECT ${columns} FROM read_json(${file}, format = 'newline_delimited', columns = {${types.join(', ')}})`,
    );
  }
}
