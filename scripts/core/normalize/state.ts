import { createHash } from 'node:crypto';
import { meaningful } from './properties.ts';

/**
 * The one shape in which what should be (definitions) and what is (catalog) are compared. Whatever the catalog spells in
 * several ways is spelled in one here; what loads own is left out.
 */

export interface ColumnState {
  readonly name: string;
  /** Hive type in its normal spelling for tables, Trino type in lower case for views. */
  readonly type: string;
  /** Empty for none. */
  readonly comment: string;
}

export interface FormatState {
  readonly input: string;
  readonly output: string;
  readonly serde: string;
  /** SerDe parameters that differ from the SerDe's own defaults. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface DatabaseState {
  readonly kind: 'database';
  /** With the environment's prefix. */
  readonly database: string;
  readonly comment: string;
}

export interface TableState {
  readonly kind: 'table';
  readonly database: string;
  readonly name: string;
  readonly columns: readonly ColumnState[];
  readonly partitions: readonly ColumnState[];
  /** s3://bucket/path/, without the folder of a load that the table may point to. */
  readonly location: string;
  readonly format: FormatState;
  readonly comment: string;
  readonly properties: Readonly<Record<string, string>>;
}

export interface ViewState {
  readonly kind: 'view';
  readonly database: string;
  readonly name: string;
  /** Hash of what the SELECT says. */
  readonly sql: string;
  readonly columns: readonly ColumnState[];
  readonly comment: string;
  readonly owner: string;
}

export type RelationState = TableState | ViewState;

/** A hash that is the same for equal states, whatever the order in which their records were filled. */
export function stateHash(state: DatabaseState | RelationState): string {
  if (state.kind !== 'table') return contentHash(state);
  return contentHash({ ...state, properties: meaningful(state.properties) });
}

/** Hash of any plain data; the order of keys does not matter, that of lists does. */
export function contentHash(data: unknown): string {
  return createHash('sha256').update(canonicalJson(data)).digest('hex').slice(0, 32);
}

/** JSON with sorted keys and without undefined fields. */
export function canonicalJson(data: unknown): string {
  return JSON.stringify(data, (_key, value: unknown) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, each]) => each !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
    );
  });
}
