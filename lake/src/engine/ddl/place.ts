import { type Catalog, CatalogError, type GlueTable, type GlueTableInput } from '../../catalog/catalog.ts';
import type { TableName } from '../../hive/statement.ts';
import type { ObjectStore } from '../../store/object-store.ts';
import { ddlFailure, semanticFailure } from '../failure.ts';
import { parseLocation } from '../location.ts';

/** What a DDL statement works with. */
export interface DdlServices {
  readonly catalog: Catalog;
  readonly objects: ObjectStore;
  /** The database of names that say none. */
  readonly database: string;
}

export function databaseOf(services: DdlServices, table: TableName): string {
  return table.database ?? services.database;
}

export function requireDatabase(services: DdlServices, name: string): void {
  if (services.catalog.database(name) === undefined) {
    throw semanticFailure(`[Error 10072]: Database does not exist: ${name}`);
  }
}

export function requireTable(services: DdlServices, name: TableName): GlueTable {
  const database = databaseOf(services, name);
  requireDatabase(services, database);
  const table = services.catalog.table(database, name.name);
  if (table === undefined) throw semanticFailure(`[Error 10001]: Table not found ${database}.${name.name}`);
  return table;
}

export function requireLocation(services: DdlServices, uri: string): void {
  const location = parseLocation(uri);
  if (location === undefined) {
    throw ddlFailure(`MetaException(message:Got exception: java.io.IOException No FileSystem for scheme: ${uri})`);
  }
  if (!services.objects.hasBucket(location.bucket)) {
    throw ddlFailure(
      `MetaException(message:Got exception: com.amazonaws.services.s3.model.AmazonS3Exception ` +
        `The specified bucket does not exist (Bucket: ${location.bucket}; Status Code: 404; Error Code: NoSuchBucket))`,
    );
  }
}

/** The fields of a table that UpdateTable takes. */
export function tableInput(table: GlueTable): GlueTableInput {
  const { DatabaseName: _d, CreateTime: _c, UpdateTime: _u, CatalogId: _i, VersionId: _v, ...input } = table;
  return structuredClone(input) as GlueTableInput;
}

/** Writes a changed table with the version that was read, so that a change in between fails instead of being lost. */
export async function saveTable(services: DdlServices, table: GlueTable, input: GlueTableInput): Promise<void> {
  try {
    await services.catalog.updateTable(table.DatabaseName, input, { versionId: table.VersionId });
  } catch (error) {
    throw asFailure(error);
  }
}

/** Glue's refusals, as Hive's client inside Athena words them. */
export function asFailure(error: unknown): unknown {
  if (!(error instanceof CatalogError)) return error;
  const kinds: Readonly<Record<string, string>> = {
    AlreadyExistsException: 'AlreadyExistsException',
    EntityNotFoundException: 'NoSuchObjectException',
    ConcurrentModificationException: 'ConcurrentModificationException',
    InvalidInputException: 'InvalidObjectException',
  };
  return ddlFailure(`${kinds[error.code] ?? 'MetaException'}(message:${error.message})`);
}

export function nowSeconds(): string {
  return String(Math.floor(Date.now() / 1000));
}
