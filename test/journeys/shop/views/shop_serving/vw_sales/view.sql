SELECT
  s.sale_id,
  p.product_name,
  s.quantity * p.price AS amount,
  s.day
FROM
  shop_raw.sales s
  JOIN shop_raw.products p ON p.product_id = s.product_id
