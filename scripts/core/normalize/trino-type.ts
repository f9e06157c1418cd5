/** Trino types, as views have them, in one spelling: lower case, short names, no spaces but where they mean something. */
export function trinoType(text: string): string {
  return text
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/ ?([(,]) ?/g, '$1')
    .replace(/ \)/g, ')')
    .replace(/"([a-z_][a-z0-9_]*)"/g, '$1')
    .replace(/\bint\b/g, 'integer')
    .replace(/\bdecimal\b(?!\()/g, 'decimal(38,0)')
    .replace(/\btimestamp\b(?!\()/g, 'timestamp(3)')
    .trim();
}

/** True where a view column has the declared type; a plain `varchar` stands for one of any length. */
export function sameTrinoType(declared: string, actual: string): boolean {
  const want = trinoType(declared);
  const have = trinoType(actual);
  if (want === have) return true;
  return /\bvarchar\b(?!\()/.test(want) && want === have.replace(/\bvarchar\(\d+\)/g, 'varchar');
}

/** The Hive spelling of a Trino type, for the columns that Glue shows of a view. */
export function hiveTypeOf(trino: string): string {
  return trinoType(trino)
    .replace(/\bvarchar\b(?!\()/g, 'string')
    .replace(/\bvarchar\((\d+)\)/g, (text, length: string) => (Number(length) > 65535 ? 'string' : text))
    .replace(/\binteger\b/g, 'int')
    .replace(/\breal\b/g, 'float')
    .replace(/\bvarbinary\b/g, 'binary')
    .replace(/\btimestamp\(\d+\)( with time zone)?/g, 'timestamp')
    .replace(/^array\((.*)\)$/, (_all, inner: string) => `array<${hiveTypeOf(inner)}>`)
    .replace(/^(row|map)\(.*\)$/, 'string');
}
