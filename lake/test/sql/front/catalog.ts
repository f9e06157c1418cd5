import type { Relation, Relations } from '../../../src/sql/sql.ts';
import { parseTrinoType } from '../../../src/sql/types/index.ts';

interface Described {
  readonly columns: Readonly<Record<string, string>>;
  readonly partitions?: Readonly<Record<string, string>>;
  readonly sql?: string;
}

/** Tables and views as a test file describes them, by `database.name`. */
export function catalog(described: Readonly<Record<string, Described>>): Relations {
  return {
    find(database, name) {
      if (!Object.keys(described).some((key) => key.startsWith(`${database}.`))) return 'no-database';
      const found = described[`${database}.${name}`];
      return found && relation(database, name, found);
    },
  };
}

function relation(database: string, name: string, described: Described): Relation {
  const columns = Object.entries({ ...described.columns, ...described.partitions }).map(([column, type]) => ({
    name: column,
    type: parseTrinoType(type)!,
    ...(column.startsWith('$') ? { hidden: true } : {}),
  }));
  if (described.sql) return { kind: 'view', database, name, columns, sql: described.sql, defaultDatabase: database };
  return { kind: 'table', database, name, columns, partitionColumns: Object.keys(described.partitions ?? {}) };
}
