SELECT
  TRY_CAST(customer_id AS integer) AS customer_id,
  first_name,
  last_name,
  gender,
  TRY_CAST(birth_date AS date) AS birth_date,
  city,
  TRY_CAST(member_since AS date) AS member_since
FROM
  supermarket_landing_zone.supermarket_customers
