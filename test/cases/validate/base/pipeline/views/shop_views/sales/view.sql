WITH
  tagged AS (
    SELECT
      tag,
      amount
    FROM
      shop_views.order_lines
  )
SELECT
  tag,
  SUM(amount) AS amount
FROM
  tagged
GROUP BY
  tag
