WITH
  priced AS (
    SELECT
      s.*,
      p.product_name,
      p.category_id,
      CAST(s.quantity * s.unit_price * (1 - s.discount) AS decimal(18, 2)) AS revenue,
      CAST(s.quantity * p.unit_cost AS decimal(18, 2)) AS cost
    FROM
      supermarket_raw_zone.supermarket_sales s
      LEFT JOIN supermarket_raw_zone.supermarket_products p ON p.product_id = s.product_id
  )
SELECT
  sale_id,
  sale_date,
  sale_time,
  branch_id,
  customer_id,
  product_id,
  product_name,
  category_id,
  quantity,
  unit_price,
  discount,
  payment_method,
  revenue,
  cost,
  revenue - cost AS profit,
  CAST(100 * (revenue - cost) / NULLIF(revenue, 0) AS decimal(9, 2)) AS margin_pct,
  year,
  month,
  day
FROM
  priced
