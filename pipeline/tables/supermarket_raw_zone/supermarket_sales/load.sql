SELECT
  TRY_CAST(sale_id AS bigint) AS sale_id,
  TRY_CAST(sale_date AS date) AS sale_date,
  sale_time,
  TRY_CAST(branch_id AS integer) AS branch_id,
  TRY_CAST(customer_id AS integer) AS customer_id,
  TRY_CAST(product_id AS integer) AS product_id,
  TRY_CAST(quantity AS integer) AS quantity,
  TRY_CAST(unit_price AS decimal(10, 2)) AS unit_price,
  TRY_CAST(discount AS decimal(4, 2)) AS discount,
  payment_method,
  date_format(landing_day, '%Y') AS year,
  date_format(landing_day, '%m') AS month,
  date_format(landing_day, '%d') AS day
FROM
  supermarket_landing_zone.supermarket_sales
WHERE
  landing_day BETWEEN :from AND :to
