-- The five customers who spent most on 2025-03-23
SELECT
  c.customer_name,
  c.city,
  SUM(s.revenue) AS spent,
  COUNT(*) AS purchases
FROM
  supermarket_serving_zone.vw_fact_sales s
  JOIN supermarket_serving_zone.vw_dim_customers c ON c.customer_id = s.customer_id
WHERE
  s.year = '2025'
  AND s.month = '03'
  AND s.day = '23'
GROUP BY
  c.customer_id,
  c.customer_name,
  c.city
ORDER BY
  spent DESC,
  c.customer_name
LIMIT
  5
