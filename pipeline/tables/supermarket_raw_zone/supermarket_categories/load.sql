SELECT
  TRY_CAST(category_id AS integer) AS category_id,
  category_name
FROM
  supermarket_landing_zone.supermarket_categories
