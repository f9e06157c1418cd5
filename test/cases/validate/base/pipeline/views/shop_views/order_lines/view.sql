SELECT
  o.order_id,
  p.tag,
  o.amount
FROM
  shop_main.orders o
  LEFT JOIN shop_main.products p ON p.product_id = o.product_id
