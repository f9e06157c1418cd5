SELECT
  b.branch_id,
  b.branch_name,
  l.city,
  l.province,
  l.region,
  b.opened_on,
  b.floor_area
FROM
  supermarket_raw_zone.supermarket_branches b
  LEFT JOIN supermarket_raw_zone.supermarket_locations l ON l.location_id = b.location_id
