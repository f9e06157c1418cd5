SELECT
  TRY_CAST(product_id AS integer) AS product_id,
  product_name,
  TRY_CAST(price AS decimal(10, 2)) AS price
FROM
  shop_landing.products
