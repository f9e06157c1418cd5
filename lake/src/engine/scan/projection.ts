import type { GlueTable } from '../../catalog/catalog.ts';
import { quoteName } from '../../sql/types/index.ts';
import { failure, notImplemented } from '../failure.ts';
import type { Connection } from '../session.ts';
import { requiredValues } from './injected.ts';
import { partitionValue } from './partition-value.ts';
import { datesBetween, MOST_DATES } from './projected-dates.ts';
import type { DataColumn } from './source.ts';
import { listValues, unnestValues } from './value-list.ts';

/** https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html */
export function isProjected(table: GlueTable): boolean {
  return table.Parameters?.['projection.enabled']?.toLowerCase() === 'true';
}

/** Where `storage.location.template` puts the partition of these values; undefined where the table has none. */
export function templateLocation(
  table: GlueTable,
  keys: readonly DataColumn[],
  values: readonly string[],
): string | undefined {
  const template = table.Parameters?.['storage.location.template'];
  return template?.replace(/\$\{([^}]*)\}/g, (placeholder, name: string) => {
    const at = keys.findIndex((key) => key.name === name);
    return at < 0 ? placeholder : (values[at] ?? '');
  });
}

const MOST_PARTITIONS = 1_000_000;
/** They are listed in memory, and nothing else is served meanwhile: a mistyped range must not stop the lake. */
const MOST_VALUES = 5_000_000;

/**
 * The projected values for which the filter may hold. Each column's values are listed on their own and DuckDB joins
 * them: it moves the filter's parts to the columns that they are of, so that few tuples are ever formed.
 */
export async function projectedValues(
  table: GlueTable,
  keys: readonly DataColumn[],
  filter: string | undefined,
  connection: Connection,
): Promise<readonly (readonly string[])[]> {
  const domains: (readonly string[])[] = [];
  for (const key of keys) domains.push(await domainOf(table, key, filter, connection));
  if (domains.some((domain) => domain.length === 0)) return [];
  if (filter === undefined && domains.length === 1) return domains[0]!.map((value) => [value]);
  const values = domains.map(listValues);
  const lists = keys.map(({ name, type }, k) => {
    const source = `SELECT ${unnestValues(values[k]!, k + 1)} AS v, unnest(range(${domains[k]!.length})) AS i${k}`;
    return `(SELECT i${k}, ${partitionValue('v', type)} AS ${quoteName(name)} FROM (${source}))`;
  });
  const numbers = keys.map((_, k) => `i${k}`).join(', ');
  const sql = `SELECT ${numbers} FROM ${lists.join(', ')} WHERE ${filter ?? 'true'} ORDER BY ${numbers} LIMIT ${MOST_PARTITIONS + 1}`;
  const reader = await connection.read(
    sql,
    values.map((list) => list.text),
  );
  const columns = reader.getColumns();
  const count = columns[0]?.length ?? 0;
  if (count > MOST_PARTITIONS) {
    const text = `Query over table '${table.DatabaseName}.${table.Name}' can potentially read more than ${MOST_PARTITIONS} partitions`;
    throw failure('HIVE_EXCEEDED_PARTITION_LIMIT', text);
  }
  return Array.from({ length: count }, (_, row) => keys.map((_, k) => domains[k]![Number(columns[k]![row])]!));
}

async function domainOf(
  table: GlueTable,
  key: DataColumn,
  filter: string | undefined,
  connection: Connection,
): Promise<readonly string[]> {
  const property = (name: string) => table.Parameters?.[`projection.${key.name}.${name}`];
  const kind = property('type')?.toLowerCase();
  switch (kind) {
    case 'enum':
      return needed(table, key, 'values', property)
        .split(',')
        .map((value) => value.trim());
    case 'integer':
      return integers(table, key, property);
    case 'date':
      return dates(table, key, property);
    case 'injected':
      return injected(key, filter, connection);
    default:
      throw invalid(table, `projection.${key.name}.type is ${kind === undefined ? 'missing' : `unknown: ${kind}`}`);
  }
}

function invalid(table: GlueTable, what: string): Error {
  return failure('INVALID_TABLE_PROPERTY', `Table ${table.DatabaseName}.${table.Name}: ${what}`);
}

function needed(
  table: GlueTable,
  key: DataColumn,
  name: string,
  property: (name: string) => string | undefined,
): string {
  const value = property(name);
  if (value === undefined) throw invalid(table, `projection.${key.name}.${name} is missing`);
  return value;
}

function integers(table: GlueTable, key: DataColumn, property: (name: string) => string | undefined): string[] {
  const [from, to] = needed(table, key, 'range', property)
    .split(',')
    .map((text) => (/^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : Number.NaN));
  const step = Number(property('interval') ?? 1);
  const digits = Number(property('digits') ?? 0);
  if (from === undefined || to === undefined || Number.isNaN(from + to) || !(step >= 1)) {
    throw invalid(table, `projection.${key.name}.range or interval is invalid`);
  }
  // Beyond 53 bits a number and the next one are the same here.
  const exact = [from, to, step].every(Number.isSafeInteger);
  if (!exact || !((to - from) / step < MOST_VALUES) || !(digits <= 64)) {
    throw notImplemented(`projection.${key.name}.range of more than ${MOST_VALUES} values, 53 bits or 64 digits`);
  }
  const out: string[] = [];
  for (let n = from; n <= to; n += step) {
    const text = String(Math.abs(n)).padStart(digits, '0');
    out.push(n < 0 ? `-${text}` : text);
  }
  return out;
}

function dates(table: GlueTable, key: DataColumn, property: (name: string) => string | undefined): readonly string[] {
  const interval = property('interval');
  const unit = property('interval.unit');
  const found = datesBetween({
    format: needed(table, key, 'format', property),
    range: needed(table, key, 'range', property),
    ...(interval === undefined ? {} : { interval: Number(interval) }),
    ...(unit === undefined ? {} : { unit: unit.toUpperCase() }),
    now: Date.now(),
  });
  if (found === 'too many') throw notImplemented(`projection.${key.name}.range of more than ${MOST_DATES} steps`);
  if (typeof found === 'string') throw invalid(table, `projection.${key.name}: ${found}`);
  return found;
}

async function injected(
  key: DataColumn,
  filter: string | undefined,
  connection: Connection,
): Promise<readonly string[]> {
  const values = filter === undefined ? undefined : await requiredValues(filter, key.name, connection);
  if (values !== undefined) return values;
  throw failure(
    'CONSTRAINT_VIOLATION',
    `For the injected projected partition column ${key.name}, the WHERE clause must contain only static equality ` +
      'conditions, and at least one such condition must be present.',
  );
}
