/** A database of the lake as the definitions name it (without an environment's prefix). */
export interface DatabaseName {
  readonly kind: 'database';
  readonly database: string;
}

/** A table or view of the lake as the definitions name it. */
export interface RelationName {
  readonly kind: 'table' | 'view';
  readonly database: string;
  readonly name: string;
}

export type ObjectName = DatabaseName | RelationName;

/** `database` or `database.name`: the form used in messages, flags and keys. */
export function display(name: ObjectName): string {
  return name.kind === 'database' ? name.database : `${name.database}.${name.name}`;
}
