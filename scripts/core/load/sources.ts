import type { PartitionColumn, TableDefinition } from '../model/definition.ts';
import {
  type DayRange,
  daysOf,
  escapeSegment,
  isDataObject,
  periods,
  renderDay,
  tableGranularity,
  unescapeSegment,
  valuePattern,
} from '../partition/index.ts';

/**
 * Where the rows of a table that a load reads come from: `objects` of a landing table, found by listing S3; or `loads`
 * of another loaded table, found in its ledger. Dated ones belong to the days that they are for.
 */
export type SourceKind = 'objects' | 'loads';

export interface LoadSource {
  readonly kind: SourceKind;
  readonly dated: boolean;
  readonly table: TableDefinition;
}

/** How the rows of a table that is read are found. */
export function sourceOf(table: TableDefinition): LoadSource {
  return {
    kind: table.load === undefined ? 'objects' : 'loads',
    dated: tableGranularity(table.partitions) !== undefined,
    table,
  };
}

/** The path of each partition below a table's location, with `${column}` for its values. */
export function pathTemplate(table: TableDefinition): string {
  const hive = table.partitions.map((column) => `${escapeSegment(column.name)}=\${${column.name}}/`).join('');
  const template = table.projection?.template ?? hive;
  return template === '' || template.endsWith('/') ? template : `${template}/`;
}

/** The longest prefix that holds every object of a range of days: one S3 listing instead of one a day. */
export function listingPrefix(table: TableDefinition, range: DayRange | undefined): string {
  const base = table.location.path;
  const granularity = tableGranularity(table.partitions);
  if (range === undefined || granularity === undefined) return base;
  const paths = periods(range, granularity).map((period) => renderPath(table, period.from));
  return base + (paths.length === 0 ? '' : paths.reduce(commonPrefix));
}

/** Reads which days an object is for from its key; undefined for a key outside of the partitions' folders. */
export function keyReader(table: TableDefinition): (key: string) => DayRange | undefined {
  const read = valuesReader(table);
  return (key) => {
    const values = read(key);
    return values && daysOf(table.partitions, values);
  };
}

/** Reads the partition values of an object from its key. */
export function valuesReader(table: TableDefinition): (key: string) => readonly string[] | undefined {
  const { pattern, columns } = templatePattern(table);
  const base = table.location.path;
  const hive = table.projection?.template === undefined;
  return (key) => {
    if (!key.startsWith(base) || !isDataObject(key)) return undefined;
    const match = pattern.exec(key.slice(base.length));
    if (!match) return undefined;
    const found = new Map(columns.map((name, index) => [name, match[index + 1] ?? '']));
    return table.partitions.map((column) => {
      const value = found.get(column.name) ?? '';
      return hive ? unescapeSegment(value) : value;
    });
  };
}

function templatePattern(table: TableDefinition): { pattern: RegExp; columns: readonly string[] } {
  const byName = new Map(table.partitions.map((column) => [column.name, column]));
  const columns: string[] = [];
  const hive = table.projection?.template === undefined;
  const pieces = pathTemplate(table)
    .split(/(\$\{[^}]*\})/)
    .map((piece) => {
      const column = byName.get(/^\$\{([^}]*)\}$/.exec(piece)?.[1] ?? '');
      if (!column) return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      columns.push(column.name);
      return `(${column.date === undefined || hive ? '[^/]+' : valuePattern(column.date)})`;
    });
  return { pattern: new RegExp(`^${pieces.join('')}`), columns };
}

/** The path of a day, up to the first column that no day determines. */
function renderPath(table: TableDefinition, day: string): string {
  const byName = new Map<string, PartitionColumn>(table.partitions.map((column) => [column.name, column]));
  const hive = table.projection?.template === undefined;
  let path = '';
  for (const piece of pathTemplate(table).split(/(\$\{[^}]*\})/)) {
    const name = /^\$\{([^}]*)\}$/.exec(piece)?.[1];
    if (name === undefined) {
      path += piece;
      continue;
    }
    const format = byName.get(name)?.date;
    if (format === undefined) return path;
    path += hive ? escapeSegment(renderDay(format, day)) : renderDay(format, day);
  }
  return path;
}

/** What two texts begin with. */
export function commonPrefix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}
