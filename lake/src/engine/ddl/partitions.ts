import type { GluePartition, GluePartitionInput, GlueTable } from '../../catalog/catalog.ts';
import type { AlterTable, PartitionSpec } from '../../hive/statement.ts';
import { ddlFailure, semanticFailure } from '../failure.ts';
import { locationText, parseLocation, partitionPath } from '../location.ts';
import { columnType } from '../table-meta.ts';
import { asFailure, type DdlServices, nowSeconds, requireLocation, requireTable } from './place.ts';

type Alter<K extends AlterTable['kind']> = Extract<AlterTable, { kind: K }>;

export function partitionInput(partition: GluePartition): GluePartitionInput {
  const { DatabaseName: _d, TableName: _t, CreationTime: _c, CatalogId: _i, ...input } = partition;
  return structuredClone(input) as GluePartitionInput;
}

/** The values of a full specification, in the order of the table's keys. */
export function specValues(table: GlueTable, spec: PartitionSpec): string[] {
  const keys = table.PartitionKeys ?? [];
  if (keys.length === 0) throw semanticFailure(`[Error 10241]: Table ${table.Name} is not a partitioned table`);
  refuseStrangers(table, spec);
  if (spec.length !== keys.length) {
    const given = `{${spec.map(({ column, value }) => `${column}=${value}`).join(', ')}}`;
    throw semanticFailure(`partition spec ${given} doesn't contain all (${keys.length}) partition columns`);
  }
  return keys.map((key) => {
    const item = spec.find(({ column }) => column === key.Name);
    if (item === undefined) throw semanticFailure(`Partition spec is missing column ${key.Name}`);
    return checkedValue(table, key, item.value);
  });
}

function refuseStrangers(table: GlueTable, spec: PartitionSpec): void {
  const names = (table.PartitionKeys ?? []).map((key) => key.Name);
  const stranger = spec.find(({ column }) => !names.includes(column));
  if (stranger !== undefined) {
    throw semanticFailure(
      `[Error 10098]: Non-Partition column appears in the partition specification: ${stranger.column}`,
    );
  }
}

/** Values keep their spelling (`07` stays `07` for an int key); only dates are put in their one form, as Hive does. */
function checkedValue(table: GlueTable, key: { Name: string; Type?: string }, value: string): string {
  const kind = columnType(key)?.kind ?? 'varchar';
  const integer = kind === 'integer' || kind === 'bigint' || kind === 'smallint' || kind === 'tinyint';
  const day = kind === 'date' ? plainDay(value) : value;
  if (day === undefined || (integer && !/^[+-]?\d+$/.test(value))) {
    throw semanticFailure(
      `[Error 10248]: Cannot add partition column ${key.Name} of type ${key.Type} as it cannot be converted to type ${key.Type}: '${value}' (${table.Name})`,
    );
  }
  return day;
}

function plainDay(text: string): string | undefined {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text) ?? [];
  const plain = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return Number.isNaN(Date.parse(plain)) ? undefined : plain;
}

export function requirePartition(services: DdlServices, table: GlueTable, spec: PartitionSpec): GluePartition {
  const values = specValues(table, spec);
  const partition = services.catalog.partition(table.DatabaseName, table.Name, values);
  if (partition === undefined) {
    const text = spec.map(({ column, value }) => `${column}=${value}`).join(', ');
    throw semanticFailure(`[Error 10006]: Partition not found {${text}}`);
  }
  return partition;
}

/** A partition entry as Athena writes it: the table's storage, its own location. */
export function newPartition(table: GlueTable, values: readonly string[], location?: string): GluePartitionInput {
  const names = (table.PartitionKeys ?? []).map((key) => key.Name);
  const base = parseLocation(table.StorageDescriptor?.Location ?? '');
  const folder = base === undefined ? '' : `${locationText(base)}${partitionPath(names, values)}`;
  return {
    Values: [...values],
    Parameters: { transient_lastDdlTime: nowSeconds() },
    StorageDescriptor: { ...structuredClone(table.StorageDescriptor ?? {}), Location: location ?? folder },
  };
}

export async function addPartitions(services: DdlServices, statement: Alter<'add partitions'>): Promise<void> {
  const table = requireTable(services, statement.table);
  const wanted = new Map<string, GluePartitionInput>();
  for (const { spec, location } of statement.partitions) {
    const values = specValues(table, spec);
    if (location !== undefined) requireLocation(services, location);
    wanted.set(JSON.stringify(values), newPartition(table, values, location));
  }
  const there = (input: GluePartitionInput) =>
    services.catalog.partition(table.DatabaseName, table.Name, input.Values) !== undefined;
  const inputs = [...wanted.values()];
  const taken = inputs.find(there);
  if (taken !== undefined && !statement.ifNotExists) {
    throw ddlFailure(`AlreadyExistsException(message:Partition already exists: [${taken.Values.join(', ')}])`);
  }
  await createAll(
    services,
    table,
    inputs.filter((input) => !there(input)),
  );
}

/** In batches of a hundred, as Athena's client of Glue does. */
export async function createAll(
  services: DdlServices,
  table: GlueTable,
  inputs: readonly GluePartitionInput[],
): Promise<void> {
  try {
    for (let at = 0; at < inputs.length; at += 100) {
      await services.catalog.createPartitions(table.DatabaseName, table.Name, inputs.slice(at, at + 100));
    }
  } catch (error) {
    throw asFailure(error);
  }
}

export async function dropPartitions(services: DdlServices, statement: Alter<'drop partitions'>): Promise<void> {
  const table = requireTable(services, statement.table);
  const doomed = new Map<string, readonly string[]>();
  for (const spec of statement.specs) {
    refuseStrangers(table, spec);
    const found = matchingSpec(services, table, spec);
    if (found.length === 0 && !statement.ifExists) {
      const text = spec.map(({ column, operator, value }) => `${column} ${operator} '${value}'`).join(' AND ');
      throw semanticFailure(`[Error 10006]: Partition not found (${text})`);
    }
    for (const values of found) doomed.set(JSON.stringify(values), values);
  }
  const all = [...doomed.values()];
  for (let at = 0; at < all.length; at += 25) {
    await services.catalog.deletePartitions(table.DatabaseName, table.Name, all.slice(at, at + 25));
  }
}

function matchingSpec(services: DdlServices, table: GlueTable, spec: PartitionSpec): readonly (readonly string[])[] {
  const keys = table.PartitionKeys ?? [];
  if (spec.length === keys.length && spec.every(({ operator }) => operator === '=')) {
    const values = specValues(table, spec);
    if (services.catalog.partition(table.DatabaseName, table.Name, values) !== undefined) return [values];
  }
  const tests = spec.map(({ column, operator, value }) => {
    const at = keys.findIndex((key) => key.Name === column);
    const numeric = /^(tiny|small|big)?int$|^decimal/.test(keys[at]?.Type ?? '');
    return (values: readonly string[]) => holds(compare(values[at] ?? '', value, numeric), operator);
  });
  const found: (readonly string[])[] = [];
  for (const { Values } of services.catalog.partitions(table.DatabaseName, table.Name)) {
    if (tests.every((test) => test(Values))) found.push(Values);
  }
  return found;
}

function compare(a: string, b: string, numeric: boolean): number {
  if (numeric) return Number(a) - Number(b);
  return a < b ? -1 : a > b ? 1 : 0;
}

function holds(order: number, operator: PartitionSpec[number]['operator']): boolean {
  switch (operator) {
    case '=':
      return order === 0;
    case '<>':
      return order !== 0;
    case '<':
      return order < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    case '>=':
      return order >= 0;
  }
}

export async function renamePartition(services: DdlServices, statement: Alter<'rename partition'>): Promise<void> {
  const table = requireTable(services, statement.table);
  const partition = requirePartition(services, table, statement.from);
  const Values = specValues(table, statement.to);
  if (services.catalog.partition(table.DatabaseName, table.Name, Values) !== undefined) {
    throw ddlFailure(`AlreadyExistsException(message:Partition already exists: [${Values.join(', ')}])`);
  }
  const input = { ...partitionInput(partition), Values };
  await services.catalog.updatePartition(table.DatabaseName, table.Name, partition.Values, input);
}
