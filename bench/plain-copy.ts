// The yardstick of the backfill: DuckDB alone, reading the same CSV and writing the same partitions in the same order
// and codec, with nothing checked, published or recorded. Arguments: landing folder, output folder.
import { DuckDBInstance } from '@duckdb/node-api';

const [landing, output] = process.argv.slice(2);
if (landing === undefined || output === undefined) throw new Error('usage: plain-copy LANDING OUTPUT');
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const database = await DuckDBInstance.create(':memory:', { memory_limit: '2500MB' });
const connection = await database.connect();
await connection.run(`
  COPY (
    SELECT
      TRY_CAST(sale_id AS BIGINT) AS sale_id, TRY_CAST(sale_date AS DATE) AS sale_date, sale_time,
      TRY_CAST(branch_id AS INTEGER) AS branch_id, TRY_CAST(customer_id AS INTEGER) AS customer_id,
      TRY_CAST(product_id AS INTEGER) AS product_id, TRY_CAST(quantity AS INTEGER) AS quantity,
      TRY_CAST(unit_price AS DECIMAL(10, 2)) AS unit_price, TRY_CAST(discount AS DECIMAL(4, 2)) AS discount,
      payment_method, sale_date[1:4] AS year, sale_date[6:7] AS month, sale_date[9:10] AS day
    FROM read_csv(${text(`${landing}/supermarket/sales/*/*.csv`)}, header = true, all_varchar = true)
    ORDER BY year, month, day, sale_id
  ) TO ${text(output)} (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (year, month, day))`);
