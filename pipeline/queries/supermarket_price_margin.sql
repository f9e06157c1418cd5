-- Price of each product against the margin it earned
SELECT
  product_name,
  unit_price,
  CAST(100 * SUM(profit) / NULLIF(SUM(revenue), 0) AS decimal(9, 2)) AS margin_pct
FROM
  supermarket_serving_zone.vw_fact_sales
GROUP BY
  product_id,
  product_name,
  unit_price
ORDER BY
  margin_pct DESC,
  product_id
LIMIT
  10
