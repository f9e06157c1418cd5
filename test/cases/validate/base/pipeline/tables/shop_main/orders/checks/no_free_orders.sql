SELECT
  order_id
FROM
  :table
WHERE
  amount = 0
