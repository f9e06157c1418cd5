import { quoteRelation } from '../sql/index.ts';

export function createView(view: { readonly database: string; readonly name: string }, sql: string): string {
  return `CREATE OR REPLACE VIEW ${quoteRelation(view.database, view.name)} AS\n${sql}`;
}

export function dropView(view: { readonly database: string; readonly name: string }): string {
  return `DROP VIEW IF EXISTS ${quoteRelation(view.database, view.name)}`;
}
