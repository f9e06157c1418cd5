SELECT
  category_id,
  category_name
FROM
  supermarket_raw_zone.supermarket_categories
