-- Products by units sold, best first
SELECT
  product_name,
  SUM(quantity) AS units,
  SUM(revenue) AS revenue
FROM
  supermarket_serving_zone.vw_fact_sales
GROUP BY
  product_name
ORDER BY
  units DESC,
  product_name
LIMIT
  10
