import type { HiveStatement } from '../../hive/statement.ts';
import { ddlFailure } from '../failure.ts';
import { asFailure, type DdlServices, requireDatabase, requireLocation } from './place.ts';

type Of<K extends HiveStatement['kind']> = Extract<HiveStatement, { kind: K }>;

export async function createDatabase(services: DdlServices, statement: Of<'create database'>): Promise<void> {
  const { name, comment, location, properties } = statement;
  if (services.catalog.database(name) !== undefined) {
    if (statement.ifNotExists) return;
    throw ddlFailure(`Database ${name} already exists`);
  }
  if (location !== undefined) requireLocation(services, location);
  const input = {
    Name: name,
    ...(comment === undefined ? {} : { Description: comment }),
    ...(location === undefined ? {} : { LocationUri: location }),
    Parameters: { ...properties },
  };
  try {
    await services.catalog.createDatabase(input);
  } catch (error) {
    throw asFailure(error);
  }
}

export async function dropDatabase(services: DdlServices, statement: Of<'drop database'>): Promise<void> {
  const { name } = statement;
  if (services.catalog.database(name) === undefined && statement.ifExists) return;
  requireDatabase(services, name);
  if (services.catalog.tables(name).length > 0 && !statement.cascade) {
    throw ddlFailure(`InvalidOperationException(message:Database ${name} is not empty. One or more tables exist.)`);
  }
  await services.catalog.deleteDatabase(name);
}

export async function alterDatabase(services: DdlServices, statement: Of<'alter database'>): Promise<void> {
  requireDatabase(services, statement.name);
  const { CreateTime: _c, CatalogId: _i, ...input } = services.catalog.database(statement.name)!;
  await services.catalog.updateDatabase(statement.name, {
    ...structuredClone(input),
    Name: input.Name,
    Parameters: { ...input.Parameters, ...statement.properties },
  });
}
