import type { HiveStatement } from '../../hive/statement.ts';
import { notImplemented } from '../failure.ts';
import { dropView } from '../views.ts';
import { alterDatabase, createDatabase, dropDatabase } from './databases.ts';
import { describe } from './describe.ts';
import { addPartitions, dropPartitions, renamePartition } from './partitions.ts';
import { type DdlServices, databaseOf } from './place.ts';
import { repairTable } from './repair.ts';
import { type Listing, show } from './show.ts';
import { changeColumns, createTable, dropTable, setLocation, setProperties } from './tables.ts';

/** Runs one statement of Hive DDL; undefined where it shows nothing. */
export async function runDdl(services: DdlServices, statement: HiveStatement): Promise<Listing | undefined> {
  switch (statement.kind) {
    case 'repair table':
      return repairTable(services, statement.table);
    case 'describe':
      return describe(services, statement);
    case 'show databases':
    case 'show tables':
    case 'show views':
    case 'show columns':
    case 'show partitions':
    case 'show create table':
    case 'show create view':
    case 'show properties':
      return show(services, statement);
    default:
      await change(services, statement);
      return undefined;
  }
}

async function change(services: DdlServices, statement: HiveStatement): Promise<void> {
  switch (statement.kind) {
    case 'create database':
      return createDatabase(services, statement);
    case 'drop database':
      return dropDatabase(services, statement);
    case 'alter database':
      return alterDatabase(services, statement);
    case 'create table':
      if (!statement.external) throw notImplemented('CREATE TABLE without EXTERNAL (Iceberg)');
      return createTable(services, statement);
    case 'drop view': {
      const name = { database: databaseOf(services, statement.table), name: statement.table.name };
      return dropView(name, statement.ifExists, services);
    }
    case 'drop table':
      return dropTable(services, statement);
    case 'add partitions':
      return addPartitions(services, statement);
    case 'drop partitions':
      return dropPartitions(services, statement);
    case 'rename partition':
      return renamePartition(services, statement);
    case 'set location':
      return setLocation(services, statement);
    case 'add columns':
    case 'replace columns':
    case 'change column':
      return changeColumns(services, statement);
    case 'set properties':
      return setProperties(services, statement);
    default:
      throw notImplemented(statement.kind.toUpperCase());
  }
}
