SELECT
  TRY_CAST(branch_id AS integer) AS branch_id,
  branch_name,
  TRY_CAST(location_id AS integer) AS location_id,
  TRY_CAST(opened_on AS date) AS opened_on,
  TRY_CAST(floor_area AS integer) AS floor_area
FROM
  supermarket_landing_zone.supermarket_branches
