SELECT
  TRY_CAST(order_id AS bigint) AS order_id,
  TRY_CAST(product_id AS integer) AS product_id,
  TRY_CAST(amount AS decimal(10, 2)) AS amount,
  drop_day AS ordered_on,
  CAST(NULL AS varchar) AS note,
  TRUE AS paid,
  date_format(drop_day, '%Y') AS year,
  date_format(drop_day, '%m') AS month,
  CAST(DAY(drop_day) AS integer) AS day
FROM
  shop_landing.orders
WHERE
  drop_day BETWEEN :from AND :to
