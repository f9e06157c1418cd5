-- Tags by sales, best first
SELECT
  tag,
  amount
FROM
  shop_views.sales
ORDER BY
  amount DESC
