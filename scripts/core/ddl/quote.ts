/** The one place where text becomes a name or a literal of Hive DDL. Queries and views have sql/quote.ts. */

/** A name in backticks; a backtick inside is doubled. */
export function hiveName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

export function hiveRelation(database: string, name: string): string {
  return `${hiveName(database)}.${hiveName(name)}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A string literal. Hive reads backslash escapes in it, \uXXXX among them, which keeps whatever does not print out of
 * the statement's text.
 */
export function hiveString(text: string): string {
  const escaped = text.replace(
    /[\\'\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (c) => {
      return ESCAPES[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
    },
  );
  return `'${escaped}'`;
}

/** `'key' = 'value'` lines in the order of their keys, in brackets. */
export function hiveProperties(properties: Readonly<Record<string, string>>): string {
  const lines = Object.entries(properties)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `  ${hiveString(key)} = ${hiveString(value)}`);
  return `(\n${lines.join(',\n')}\n)`;
}
