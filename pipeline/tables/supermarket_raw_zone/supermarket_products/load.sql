SELECT
  TRY_CAST(product_id AS integer) AS product_id,
  product_name,
  TRY_CAST(category_id AS integer) AS category_id,
  TRY_CAST(unit_price AS decimal(10, 2)) AS unit_price,
  TRY_CAST(unit_cost AS decimal(10, 2)) AS unit_cost
FROM
  supermarket_landing_zone.supermarket_products
