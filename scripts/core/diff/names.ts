import type { Environment } from '../model/definition.ts';
import { tableReferences } from '../sql/index.ts';

/** What a view reads, as `database.name`. */
export function viewReads(view: { readonly sql: string }): readonly string[] {
  return [...new Set(tableReferences(view.sql).map(({ database, name }) => `${database}.${name}`))];
}

/** The name as definitions have it. */
export function displayName(
  table: { readonly database: string; readonly name: string },
  environment: Environment,
): string {
  return `${displayDatabase(table.database, environment)}.${table.name.toLowerCase()}`;
}

export function displayDatabase(database: string, environment: Environment): string {
  const lower = database.toLowerCase();
  return lower.startsWith(environment.prefix.toLowerCase()) ? lower.slice(environment.prefix.length) : lower;
}
