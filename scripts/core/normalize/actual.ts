import { normalType } from '../define/types.ts';
import { plainLocation } from '../load/place.ts';
import { type CatalogColumn, type CatalogDatabase, type CatalogTable, MANAGED, VIEW_TEXT } from '../model/catalog.ts';
import { normalFormat } from './format.ts';
import { DESCRIPTION, OWNER } from './properties.ts';
import { type ColumnState, contentHash, type DatabaseState, type TableState, type ViewState } from './state.ts';
import { trinoType } from './trino-type.ts';
import { sayingOf } from './view-sql.ts';
import { storedView } from './view-text.ts';

export function isManaged(object: { readonly parameters: Readonly<Record<string, string>> }): boolean {
  return object.parameters[MANAGED] === 'true';
}

export function isView(table: CatalogTable): boolean {
  return table.tableType === 'VIRTUAL_VIEW';
}

/** An Iceberg, Delta or Hudi table, or a link: Athena and Glue hold such by other rules than Hive tables. */
export function otherTableKind(table: CatalogTable): string | undefined {
  const kind = table.parameters.table_type ?? table.parameters['spark.sql.sources.provider'];
  if (kind !== undefined && /^(iceberg|delta|hudi)$/i.test(kind)) return kind.toLowerCase();
  return table.rest.TargetTable === undefined ? undefined : 'a resource link';
}

export function actualDatabase(database: CatalogDatabase): DatabaseState {
  return { kind: 'database', database: database.name.toLowerCase(), comment: database.description ?? '' };
}

export function actualTable(table: CatalogTable): TableState {
  const { storage } = table;
  return {
    kind: 'table',
    database: table.database.toLowerCase(),
    name: table.name.toLowerCase(),
    columns: storage.columns.map((column) => columnState(column, normalType)),
    partitions: table.partitionKeys.map((column) => columnState(column, normalType)),
    location: baseLocation(storage.location),
    format: normalFormat({
      input: storage.inputFormat ?? '',
      output: storage.outputFormat ?? '',
      serde: storage.serde.library ?? '',
      parameters: storage.serde.parameters,
    }),
    comment: table.parameters.comment ?? table.description ?? '',
    properties: table.parameters,
  };
}

/**
 * A load in mode replace points its table at <base>load-<id>/: the folder is the load's, the base the definition's. Where
 * it sets bad rows apart, both tables point below that folder.
 */
export function baseLocation(location: string): string {
  const plain = plainLocation(location);
  const whole = plain === '' || plain.endsWith('/') ? plain : `${plain}/`;
  return whole
    .replace(/\/load-[^/]+\/weir_rows=rejected\/$/, '_rejects/')
    .replace(/\/load-[^/]+\/(weir_rows=accepted\/)?$/, '/');
}

export function actualView(table: CatalogTable): ViewState {
  const stored = storedView(table.viewOriginalText);
  const asMarked = markedView(table);
  const comments = new Map(table.storage.columns.map((column) => [column.name.toLowerCase(), column.comment ?? '']));
  const columns = asMarked?.columns ?? stored?.columns ?? [];
  return {
    kind: 'view',
    database: table.database.toLowerCase(),
    name: table.name.toLowerCase(),
    sql: asMarked?.sql ?? (stored === undefined ? 'not a view of Athena' : sayingOf(stored.sql)),
    columns: columns.map((column) => ({
      name: column.name,
      type: trinoType(column.type),
      comment: comments.get(column.name) ?? '',
    })),
    comment: table.parameters[DESCRIPTION] ?? table.description ?? '',
    owner: table.parameters[OWNER] ?? '',
  };
}

/** The mark that says which definition a stored view text was made from. */
export function viewMark(text: string, view: Pick<ViewState, 'sql' | 'columns'>): string {
  const columns = view.columns.map(({ name, type }) => ({ name, type }));
  return JSON.stringify({ text: contentHash(text), sql: view.sql, columns });
}

/**
 * While the stored text is still the one that apply saw, the view says what was applied, however Athena's formatter spelt
 * it and whatever a new version of the parser makes of that.
 */
function markedView(table: CatalogTable): Pick<ViewState, 'sql' | 'columns'> | undefined {
  const mark = table.parameters[VIEW_TEXT];
  if (mark === undefined || table.viewOriginalText === undefined) return undefined;
  try {
    const { text, sql, columns } = JSON.parse(mark) as { text: string; sql: string; columns: ColumnState[] };
    return text === contentHash(table.viewOriginalText) ? { sql, columns } : undefined;
  } catch {
    return undefined;
  }
}

function columnState(column: CatalogColumn, spell: (type: string) => string): ColumnState {
  return { name: column.name.toLowerCase(), type: spell(column.type), comment: column.comment ?? '' };
}
