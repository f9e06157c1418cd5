import type {
  Column,
  Compression,
  Load,
  LoadMode,
  PartitionColumn,
  ProjectedColumn,
  Projection,
  TableDefinition,
  TableFormat,
} from '../model/definition.ts';
import { readChecks } from './checks.ts';
import type { SourceFile } from './source.ts';
import { child, entriesOf, itemsOf, numberOf, type Tree, textOf } from './tree.ts';
import { normalType } from './types.ts';

export interface TableFiles {
  readonly database: string;
  readonly name: string;
  readonly folder: string;
  readonly load: SourceFile | undefined;
  readonly checks: readonly SourceFile[];
}

/** What a table that follows from another file has none of. */
export const NO_TABLE = {
  kind: 'table',
  compression: undefined,
  sortedBy: [],
  properties: {},
  load: undefined,
  checks: [],
  retentionDays: undefined,
  renamedFrom: undefined,
} as const;

/** The model of a table.yaml. Parts that the schema refused are left out, so that the rest can still be checked. */
export function readTable(tree: Tree, files: TableFiles): TableDefinition {
  const location = child(tree, 'location');
  return {
    kind: 'table',
    place: tree.place,
    database: files.database,
    name: files.name,
    description: textOf(child(tree, 'description')) ?? '',
    owner: textOf(child(tree, 'owner')) ?? '',
    format: readFormat(tree),
    compression: textOf(child(tree, 'compression')) as Compression | undefined,
    location: { bucket: textOf(child(location, 'bucket')) ?? '', path: textOf(child(location, 'path')) ?? '' },
    columns: readColumns(child(tree, 'columns'), normalType),
    partitions: readPartitions(child(tree, 'partitions')),
    projection: readProjection(child(tree, 'projection')),
    sortedBy: itemsOf(child(tree, 'sorted_by')).flatMap((item) => textOf(item) ?? []),
    properties: textEntries(child(tree, 'properties')),
    load: readLoad(child(tree, 'load'), files),
    checks: readChecks(child(tree, 'checks'), files.folder, files.checks),
    retentionDays: numberOf(child(tree, 'retention_days')),
    renamedFrom: textOf(child(tree, 'renamed_from')),
  };
}

/** Columns, one an entry (without a name where the file gives none); `spelling` brings the type to its normal form. */
export function readColumns(tree: Tree | undefined, spelling: (type: string) => string): readonly Column[] {
  return itemsOf(tree).map((item) => ({
    name: textOf(child(item, 'name')) ?? '',
    type: spelling(textOf(child(item, 'type')) ?? ''),
    description: textOf(child(item, 'description')),
  }));
}

function readPartitions(tree: Tree | undefined): readonly PartitionColumn[] {
  return readColumns(tree, normalType).map((column, index) => {
    return { ...column, date: textOf(child(child(tree, index), 'date')) };
  });
}

function readFormat(tree: Tree): TableFormat {
  const kind = textOf(child(tree, 'format'));
  if (kind === 'csv') {
    const csv = child(tree, 'csv');
    return {
      kind,
      serde: textOf(child(csv, 'serde')) === 'lazy' ? 'lazy' : 'open',
      delimiter: textOf(child(csv, 'delimiter')) ?? ',',
      quote: textOf(child(csv, 'quote')) ?? '"',
      escape: textOf(child(csv, 'escape')) ?? '\\',
      header: numberOf(child(csv, 'header')) ?? 0,
      nullAs: textOf(child(csv, 'null_as')),
    };
  }
  if (kind === 'json') {
    const json = child(tree, 'json');
    const serde = textOf(child(json, 'serde')) === 'hive' ? 'hive' : 'openx';
    return { kind, serde, options: textEntries(child(json, 'options')) };
  }
  return { kind: kind === 'orc' || kind === 'avro' ? kind : 'parquet' };
}

export const LOAD_MODES = ['partitions', 'replace', 'files'] as const satisfies readonly LoadMode[];

function readLoad(tree: Tree | undefined, files: TableFiles): Load | undefined {
  if (tree === undefined || files.load === undefined) return undefined;
  return {
    mode: LOAD_MODES.find((mode) => mode === textOf(child(tree, 'mode'))) ?? 'partitions',
    start: textOf(child(tree, 'start')),
    sql: files.load.text,
    sqlPlace: { path: files.load.path, line: 1, column: 1 },
    ...readRejects(child(tree, 'rejects')),
  };
}

function readRejects(tree: Tree | undefined): Pick<Load, 'rejects'> {
  const maxRows = numberOf(child(tree, 'max_rows'));
  const maxPercent = numberOf(child(tree, 'max_percent'));
  return maxRows === undefined && maxPercent === undefined ? {} : { rejects: { maxRows, maxPercent } };
}

function readProjection(tree: Tree | undefined): Projection | undefined {
  if (tree?.kind !== 'map') return undefined;
  const columns = entriesOf(child(tree, 'columns')).flatMap((entry) => {
    const column = readProjected(entry.value);
    return column === undefined ? [] : [[entry.key, column] as const];
  });
  return { columns: Object.fromEntries(columns), template: textOf(child(tree, 'template')) };
}

function readProjected(tree: Tree): ProjectedColumn | undefined {
  const type = textOf(child(tree, 'type'));
  const interval = numberOf(child(tree, 'interval'));
  switch (type) {
    case 'date': {
      const from = textOf(child(tree, 'from'));
      const to = textOf(child(tree, 'to'));
      if (from === undefined || to === undefined) return undefined;
      return { type, from, to, interval, unit: textOf(child(tree, 'unit')) };
    }
    case 'integer': {
      const from = numberOf(child(tree, 'from'));
      const to = numberOf(child(tree, 'to'));
      if (from === undefined || to === undefined) return undefined;
      return { type, from, to, interval, digits: numberOf(child(tree, 'digits')) };
    }
    case 'enum':
      return { type, values: itemsOf(child(tree, 'values')).flatMap((item) => textOf(item) ?? []) };
    case 'injected':
      return { type };
  }
  return undefined;
}

export function textEntries(tree: Tree | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entriesOf(tree).flatMap((entry) => {
      const text = textOf(entry.value);
      return text === undefined ? [] : [[entry.key, text] as const];
    }),
  );
}
