import type { QualifiedName } from '../sql/ast.ts';
import { SqlError } from '../sql/sql.ts';

/** A table's database and name, lower case, of `name`, `database.name` or `catalog.database.name`. */
export function qualified(name: QualifiedName, database: string): { readonly database: string; readonly name: string } {
  const parts = name.parts.map((part) => part.name.toLowerCase());
  const { line, column } = name.at;
  if (parts.length > 3)
    throw new SqlError('SYNTAX_ERROR', `Too many dots in table name: ${parts.join('.')}`, line, column);
  if (parts.length === 3 && parts[0] !== 'awsdatacatalog' && parts[0] !== 'hive') {
    throw new SqlError('CATALOG_NOT_FOUND', `Catalog '${parts[0]}' not found`, line, column);
  }
  return { database: parts.at(-2) ?? database, name: parts.at(-1)! };
}
