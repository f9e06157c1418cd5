/** A small lake: products replaced as a whole, sales by day, and a daily summary that reads both. */
export function FILES(id: string): Record<string, string> {
  return {
    'pipeline/lake.yaml': `timezone: UTC
environments:
  local:
    local: true
    region: us-east-1
    prefix: l${id}_
    buckets: { landing: weir-l${id}-landing, raw: weir-l${id}-raw, results: weir-l${id}-results }
    workgroups: { query: weir-query, load: weir-load }
databases:
  shop_landing: { description: Drops }
  shop_raw: { description: Typed }
`,
    'pipeline/tables/shop_landing/products/table.yaml': `description: Products as dropped
owner: tests
format: csv
csv: { header: 1 }
location: { bucket: landing, path: shop/products/ }
columns:
  - { name: product_id, type: string, description: Number }
  - { name: product_name, type: string, description: Name }
`,
    'pipeline/tables/shop_landing/sales/table.yaml': `description: Sales as dropped
owner: tests
format: csv
csv: { header: 1 }
location: { bucket: landing, path: shop/sales/ }
columns:
  - { name: sale_id, type: string, description: Number }
  - { name: product_id, type: string, description: Product }
  - { name: quantity, type: string, description: Units }
  - { name: sold_on, type: string, description: Day }
partitions:
  - { name: landing_day, type: date, date: yyyy-MM-dd, description: Day of the drop }
projection:
  columns:
    landing_day: { type: date, from: "2024-01-01", to: NOW }
  template: "\${landing_day}/"
`,
    'pipeline/tables/shop_raw/products/table.yaml': `description: Products, typed
owner: tests
format: parquet
compression: zstd
location: { bucket: raw, path: shop/products/ }
columns:
  - { name: product_id, type: int, description: Number }
  - { name: product_name, type: string, description: Name }
load: { mode: replace }
checks:
  - not_null: [product_id, product_name]
  - unique: product_id
  - row_count: { min: 1 }
`,
    'pipeline/tables/shop_raw/products/load.sql': `SELECT
  TRY_CAST(product_id AS integer) AS product_id,
  product_name
FROM
  shop_landing.products
`,
    'pipeline/tables/shop_raw/sales/table.yaml': SALES_YAML,
    'pipeline/tables/shop_raw/sales/load.sql': SALES_SQL,
    'pipeline/tables/shop_raw/daily/table.yaml': `description: Units by product and day
owner: tests
format: parquet
compression: snappy
location: { bucket: raw, path: shop/daily/ }
columns:
  - { name: product_name, type: string, description: Product }
  - { name: units, type: bigint, description: Units sold }
partitions:
  - { name: sold_on, type: date, date: yyyy-MM-dd, description: Day }
load: { mode: partitions, start: "2024-01-01" }
`,
    'pipeline/tables/shop_raw/daily/load.sql': `SELECT
  p.product_name,
  SUM(s.quantity) AS units,
  s.sold_on
FROM
  shop_raw.sales s
  JOIN shop_raw.products p ON p.product_id = s.product_id
WHERE
  s.sold_on BETWEEN :from AND :to
GROUP BY
  p.product_name,
  s.sold_on
`,
  };
}

export const SALES_YAML = `description: Sales, typed
owner: tests
format: parquet
compression: zstd
location: { bucket: raw, path: shop/sales/ }
columns:
  - { name: sale_id, type: bigint, description: Number }
  - { name: product_id, type: int, description: Product }
  - { name: quantity, type: int, description: Units }
  - { name: sold_on, type: date, description: Day }
partitions:
  - { name: year, type: string, date: yyyy, description: Year }
  - { name: month, type: string, date: MM, description: Month }
  - { name: day, type: string, date: dd, description: Day }
sorted_by: [sale_id]
load: { mode: partitions, start: "2024-01-01" }
checks:
  - not_null: [sale_id, product_id, sold_on]
  - unique: sale_id
  - unique: [product_id, sale_id]
  - relationships: { column: product_id, to: shop_raw.products.product_id }
  - range: { column: quantity, min: 1, max: 100 }
  - accepted_values: { column: product_id, values: [1, 2, 3] }
  - regex: { column: sale_id, pattern: "^[0-9]+$" }
  - row_count: { min: 1 }
    severity: warn
`;

export const SALES_SQL = `SELECT
  TRY_CAST(sale_id AS bigint) AS sale_id,
  TRY_CAST(product_id AS integer) AS product_id,
  TRY_CAST(quantity AS integer) AS quantity,
  TRY_CAST(sold_on AS date) AS sold_on,
  date_format(landing_day, '%Y') AS year,
  date_format(landing_day, '%m') AS month,
  date_format(landing_day, '%d') AS day
FROM
  shop_landing.sales
WHERE
  landing_day BETWEEN :from AND :to
`;

export const PRODUCTS_CSV = 'product_id,product_name\n1,"Tea, green"\n2,Rice\n3,Soap\n';

/** A day's file: `rows` lines numbered from the day's own number on. */
export function salesCsv(
  day: string,
  rows: number,
  over: (index: number) => string | undefined = () => undefined,
): string {
  const base = Number(day.replaceAll('-', '')) * 1000;
  const lines = Array.from({ length: rows }, (_, index) => {
    return over(index) ?? `${base + index},${(index % 3) + 1},${(index % 5) + 1},${day}`;
  });
  return `${['sale_id,product_id,quantity,sold_on', ...lines].join('\n')}\n`;
}
