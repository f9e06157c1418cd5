/** The one place where text becomes a name or a literal of Hive DDL. Queries and views have sql/quote.ts. */

/** A name in backticks; a backtick inside is doubled. */
export function hiveName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

export function hiveRelation(database: string, name: string): string {
  return `${hiveName(database)}.${hiveName(name)}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** What does not print, or turns the order of what does, is kept out of a statement's text. */
const ESCAPED =
  /[\\'\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** A string literal. Hive reads backslash escapes in it, \uXXXX among them. */
export function hiveString(text: string): string {
  const escaped = text.replace(ESCAPED, (character) => {
    return ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `'${escaped}'`;
}

/** `'key' = 'value'` lines in the order of their keys, in brackets. */
export function hiveProperties(properties: Readonly<Record<string, string>>): string {
  const lines = Object.entries(properties)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `  ${hiveString(key)} = ${hiveString(value)}`);
  return `(\n${lines.join(',\n')}\n)`;
}
