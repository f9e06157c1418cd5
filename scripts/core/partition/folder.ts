// Hive's FileUtils.escapePathName: what may not stand in a partition's folder name is written %XX.
const ESCAPED = /[\u0000-\u001f"#%'*/:=?\\\u007f{[\]^]/g;
const NULL_FOLDER = '__HIVE_DEFAULT_PARTITION__';

/** The folder of a partition as Hive, Trino and Athena write it: `year=2025/month=03/`. */
export function partitionFolder(names: readonly string[], values: readonly (string | null)[]): string {
  return names.map((name, index) => `${escapeSegment(name)}=${folderValue(values[index] ?? null)}/`).join('');
}

export function escapeSegment(text: string): string {
  return text.replace(ESCAPED, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

export function unescapeSegment(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Hive readers skip files whose name begins with `_` or `.`; an object that ends in `/` is a folder marker. */
export function isDataObject(key: string): boolean {
  const name = key.slice(key.lastIndexOf('/') + 1);
  return name !== '' && !name.startsWith('_') && !name.startsWith('.');
}

function folderValue(value: string | null): string {
  return value === null || value === '' ? NULL_FOLDER : escapeSegment(value);
}
