/** The one place where text becomes a name or a literal of Trino SQL. */

// Trino's reserved words (SqlBase.g4, everything that is not in nonReserved).
const RESERVED = new Set(
  `alter and as between by case cast constraint create cross cube current_catalog current_date current_path current_role
  current_schema current_time current_timestamp current_user deallocate delete describe distinct drop else end escape
  except execute exists extract false for from full group grouping having in inner insert intersect into is join
  json_array json_exists json_object json_query json_table json_value left like listagg localtime localtimestamp natural
  normalize not null on or order outer prepare recursive right rollup select skip table then trim true uescape union
  unnest using values when where with`.split(/\s+/),
);

/** A name, in double quotes unless it is plain and not reserved. */
export function quoteIdentifier(name: string): string {
  if (/^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name)) return name;
  return `"${name.replaceAll('"', '""')}"`;
}

/** `database.name`, each part quoted where needed. */
export function quoteRelation(database: string, name: string): string {
  return `${quoteIdentifier(database)}.${quoteIdentifier(name)}`;
}

/** A string literal. Trino knows no escape but the doubled quote. */
export function quoteString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The name that an identifier in SQL text means: quotes taken off, lower-cased as Athena does with every name. */
export function unquoteIdentifier(text: string): string {
  const quote = text.charAt(0);
  if ((quote === '"' || quote === '`') && text.length > 1) {
    return text
      .slice(1, -1)
      .replaceAll(quote + quote, quote)
      .toLowerCase();
  }
  return text.toLowerCase();
}
