import { refuse } from '../analyze/refuse.ts';
import type { CompileOptions } from '../analyze/state.ts';
import type { QualifiedName } from '../ast.ts';
import { type Relation, SqlError } from '../sql.ts';

/** The table that a statement writes to, if it is there. */
export function findTarget(
  name: QualifiedName,
  at: QualifiedName['at'],
  options: CompileOptions,
): Relation | undefined {
  const parts = name.parts.map((part) => part.name.toLowerCase());
  if (parts.length > 3) throw new SqlError('SYNTAX_ERROR', `Too many dots in table name: ${parts.join('.')}`);
  const [table = '', database = options.defaultDatabase, catalog] = parts.toReversed();
  if (catalog !== undefined && catalog !== (options.catalog ?? 'awsdatacatalog').toLowerCase()) {
    throw refuse('CATALOG_NOT_FOUND', at, `Catalog '${catalog}' not found`);
  }
  const found = options.relations.find(database, table);
  if (found === 'no-database') throw refuse('SCHEMA_NOT_FOUND', at, `Schema '${database}' does not exist`);
  return found;
}
