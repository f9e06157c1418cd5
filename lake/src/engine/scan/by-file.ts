/** One constant where all files have it, else looked up by the file's number: once a vector, not once a row. */
export function byFile(values: readonly string[], wrap: (value: string) => string): string {
  const first = values[0]!;
  if (values.every((value) => value === first)) return wrap(first);
  return wrap(`list_extract([${values.join(', ')}], CAST(file_index + 1 AS BIGINT))`);
}
