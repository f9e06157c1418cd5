-- Branches by sales, best first
SELECT
  b.branch_name,
  b.region,
  SUM(s.revenue) AS revenue,
  SUM(s.profit) AS profit,
  COUNT(*) AS sales
FROM
  supermarket_serving_zone.vw_fact_sales s
  JOIN supermarket_serving_zone.vw_dim_branches b ON b.branch_id = s.branch_id
GROUP BY
  b.branch_name,
  b.region
ORDER BY
  revenue DESC,
  b.branch_name
LIMIT
  10
