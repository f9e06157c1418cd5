import type { GlueDatabase, GlueTable } from '../catalog/catalog.ts';

/** A table as GetTable shows it: what was stored, and the members that Glue always adds. */
export function presentTable(table: GlueTable) {
  return { Retention: 0, PartitionKeys: [], ...table, IsRegisteredWithLakeFormation: false };
}

/** Without Lake Formation settings, new tables are open to whom IAM allows; Glue says so on every database. */
const OPEN = [{ Principal: { DataLakePrincipalIdentifier: 'IAM_ALLOWED_PRINCIPALS' }, Permissions: ['ALL'] }];

export function presentDatabase(database: GlueDatabase) {
  return { CreateTableDefaultPermissions: OPEN, ...database };
}

export function databaseArn(call: { readonly region: string; readonly account: string }, name: string): string {
  return `arn:aws:glue:${call.region}:${call.account}:database/${name.toLowerCase()}`;
}
