SELECT
  TRY_CAST(location_id AS integer) AS location_id,
  city,
  province,
  region
FROM
  supermarket_landing_zone.supermarket_locations
