-- Sales by category of product
SELECT
  c.category_name,
  SUM(s.revenue) AS revenue,
  SUM(s.quantity) AS units
FROM
  supermarket_serving_zone.vw_fact_sales s
  JOIN supermarket_serving_zone.vw_dim_categories c ON c.category_id = s.category_id
GROUP BY
  c.category_name
ORDER BY
  revenue DESC
