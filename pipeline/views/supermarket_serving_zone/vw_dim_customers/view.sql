SELECT
  customer_id,
  first_name || ' ' || last_name AS customer_name,
  gender,
  birth_date,
  city,
  member_since
FROM
  supermarket_raw_zone.supermarket_customers
