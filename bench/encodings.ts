// Which codec and which order of rows make the smallest files: tries them all on one month of sample sales.
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { folderTarget } from '../scripts/adapters/sample-target.ts';
import { supermarketFiles } from '../scripts/samples/supermarket.ts';

const ORDERS = [
  '(as it came)',
  'sale_id',
  'product_id',
  'product_id, sale_id',
  'branch_id, product_id',
  'branch_id, sale_time',
];
const CODECS = ['snappy', 'gzip', 'zstd'] as const;

export interface Try {
  readonly codec: string;
  readonly order: string;
  readonly bytesPerRow: number;
  readonly reductionPercent: number;
  readonly seconds: number;
}

/** Writes a month of sales once for each codec and order, a file a day, and measures the bytes. */
export async function tryEncodings(signal: AbortSignal): Promise<readonly Try[]> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-encodings-'));
  try {
    const files = supermarketFiles({ seed: '1', from: '2024-09-01', to: '2024-09-30', rows: 2_460_000 });
    const sales = files.filter((file) => file.key.startsWith('supermarket/sales/'));
    let csvBytes = 0;
    for (const file of sales) csvBytes += (await folderTarget(folder).write(file, signal)).bytes;
    const rows = sales.reduce((sum, file) => sum + file.rows, 0);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(`CREATE TABLE sales AS SELECT sale_id::BIGINT AS sale_id, sale_date::DATE AS sale_date, sale_time,
      branch_id::INTEGER AS branch_id, customer_id::INTEGER AS customer_id, product_id::INTEGER AS product_id,
      quantity::INTEGER AS quantity, unit_price::DECIMAL(10, 2) AS unit_price, discount::DECIMAL(4, 2) AS discount, payment_method
      FROM read_csv('${folder.replaceAll("'", "''")}/supermarket/sales/*/*.csv', header = true, all_varchar = true)`);
    const tries: Try[] = [];
    for (const codec of CODECS) {
      for (const order of ORDERS) {
        signal.throwIfAborted();
        const output = join(folder, 'out');
        const by = order.startsWith('(') ? '' : `ORDER BY sale_date, ${order}`;
        const started = performance.now();
        await connection.run(`COPY (SELECT *, sale_date AS day FROM sales ${by}) TO '${output.replaceAll("'", "''")}'
          (FORMAT parquet, COMPRESSION ${codec}, PARTITION_BY (day))`);
        const seconds = (performance.now() - started) / 1000;
        const bytes = await folderBytes(output);
        await rm(output, { recursive: true });
        tries.push({
          codec,
          order,
          bytesPerRow: bytes / rows,
          reductionPercent: 100 * (1 - bytes / csvBytes),
          seconds,
        });
      }
    }
    connection.closeSync();
    return tries;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Bytes of all files below a folder. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
