SELECT
  product_id,
  tags[1].name AS tag
FROM
  shop_landing.products
