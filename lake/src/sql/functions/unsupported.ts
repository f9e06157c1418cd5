/** Functions that Trino has and this engine has not: refused by their name. */
export const unsupportedFunctions: ReadonlySet<string> = new Set(
  `approx_most_frequent bar beta_cdf color current_groups from_unixtime_nanos
  from_iso8601_timestamp_nanos hash_counts hilbert_bits intersection_cardinality inverse_beta_cdf inverse_normal_cdf
  jaccard_index learn_classifier learn_regressor classify regress features make_set_digest merge_set_digest normal_cdf
  qdigest_agg tdigest_agg quantile_at_value render rgb spooky_hash_v2_32 spooky_hash_v2_64 t_cdf t_pdf
  value_at_quantile values_at_quantile value_at_quantiles wilson_interval_lower wilson_interval_upper word_stem
  st_point st_geometryfromtext st_astext st_contains st_distance st_intersects st_within st_area st_length st_x st_y
  st_buffer st_centroid st_polygon st_linefromtext st_union st_envelope st_equals st_touches st_overlaps st_crosses
  st_disjoint st_relate st_geometrytype st_asbinary st_geomfrombinary great_circle_distance to_spherical_geography
  geometry_union_agg geometry_to_bing_tiles bing_tile bing_tile_at bing_tiles_around bing_tile_polygon
  bing_tile_quadkey bing_tile_zoom_level bing_tile_coordinates from_geojson_geometry to_geojson_geometry
  convex_hull_agg simplify_geometry line_interpolate_point line_locate_point spatial_partitioning
  spatial_partitions`.split(/\s+/),
);
