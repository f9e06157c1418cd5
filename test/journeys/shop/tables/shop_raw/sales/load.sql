SELECT
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
