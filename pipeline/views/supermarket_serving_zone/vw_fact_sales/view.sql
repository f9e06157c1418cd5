SELECT
  s.sale_id
FROM
  supermarket_raw_zone.supermarket_sales s
  JOIN supermarket_raw_zone.supermarket_products p ON p.product_id = s.product_id
