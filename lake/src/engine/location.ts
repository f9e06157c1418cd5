/** S3 locations and Hive's folder names. */
export interface Location {
  readonly bucket: string;
  /** Empty, or ends with a slash. */
  readonly prefix: string;
}

/** `s3://bucket/a/b[/]` (s3a and s3n mean the same); undefined where it is none. */
export function parseLocation(uri: string): Location | undefined {
  const match = /^s3[an]?:\/\/([^/]+)\/?([\s\S]*)$/.exec(uri);
  if (match === null) return undefined;
  const path = (match[2] ?? '').replace(/\/+$/, '');
  return { bucket: match[1]!, prefix: path === '' ? '' : `${path}/` };
}

export function locationText(location: Location): string {
  return `s3://${location.bucket}/${location.prefix}`;
}

export const DEFAULT_PARTITION = '__HIVE_DEFAULT_PARTITION__';

// The characters that Hive's FileUtils escapes in a folder's name.
const ESCAPED = /[\u0000-\u001f"#%'*/:=?\\\u007f{[\]^]/g;

/** One name or value of `name=value` as Hive writes it into a path. */
export function escapePathName(text: string): string {
  if (text === '') return DEFAULT_PARTITION;
  return text.replace(ESCAPED, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

export function unescapePathName(text: string): string {
  return text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** `year=2024/month=01` */
export function partitionPath(names: readonly string[], values: readonly string[]): string {
  return names.map((name, i) => `${escapePathName(name)}=${escapePathName(values[i] ?? '')}`).join('/');
}
