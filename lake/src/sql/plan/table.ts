import { refuse } from '../analyze/refuse.ts';
import { type Field, field } from '../analyze/scope.ts';
import { alias, type Named, type Planned, type State } from '../analyze/state.ts';
import type { Body, Identifier, QualifiedName } from '../ast.ts';
import { emitCast } from '../casts/cast.ts';
import { parseStatement } from '../parse/statements.ts';
import { type Relation, type RelationColumn, SqlError } from '../sql.ts';
import { canCoerce, displayType, duckdbType, quoteName, sameType } from '../types/index.ts';
import type { Place } from './place.ts';
import { planQuery } from './query.ts';
import type { RelationPlan } from './relation.ts';
import type { ScanState, Source } from './shape.ts';

/** Database and name of a table as written, lower case. */
export function tableOf(name: QualifiedName, state: State): { readonly database: string; readonly table: string } {
  const parts = name.parts.map((part) => part.name.toLowerCase());
  if (parts.length > 3) throw new SqlError('SYNTAX_ERROR', `Too many dots in table name: ${parts.join('.')}`);
  const [table = '', database = state.options.defaultDatabase, catalog] = parts.toReversed();
  if (catalog !== undefined && catalog !== state.catalog) {
    throw refuse('CATALOG_NOT_FOUND', name.at, `Catalog '${catalog}' not found`);
  }
  return { database, table };
}

export function findRelation(name: QualifiedName, state: State): Relation {
  const { database, table } = tableOf(name, state);
  const found = state.options.relations.find(database, table);
  if (found === 'no-database') throw refuse('SCHEMA_NOT_FOUND', name.at, `Schema '${database}' does not exist`);
  if (!found) throw refuse('TABLE_NOT_FOUND', name.at, `Table '${state.catalog}.${database}.${table}' does not exist`);
  return found;
}

/** A table, a view or a query of the WITH clause. */
export function planName(name: QualifiedName, place: Place): RelationPlan {
  const only: Identifier | undefined = name.parts.length === 1 ? name.parts[0] : undefined;
  const named = only && place.names.get(only.name.toLowerCase());
  if (named) return reference(named, place);
  const relation = findRelation(name, place.state);
  return relation.kind === 'view' ? view(relation, name, place) : scan(relation, place);
}

function reference(named: Named, place: Place): RelationPlan {
  const name = alias(place.state, 't');
  named.used = true;
  const conditions: Extract<Source, { kind: 'reference' }>['conditions'] = [];
  named.block?.references.push(conditions);
  const source: Source = named.block ? { kind: 'reference', named: named.block, conditions } : { kind: 'opaque' };
  const fields = named.columns.map((column, index) =>
    field({
      name: column.name,
      qualifier: [named.name],
      type: column.type,
      sql: `${name}.c${index}`,
      hidden: column.hidden,
      home: { source, index },
    }),
  );
  return { sql: `${named.sqlName} AS ${name}`, fields, tree: { kind: 'leaf', source } };
}

function scan(relation: Extract<Relation, { kind: 'table' }>, place: Place): RelationPlan {
  const { state } = place;
  const name = alias(state, 't');
  const columnNames = relation.columns.map((column) => column.name.toLowerCase());
  const types = new Map(relation.columns.map((column) => [column.name.toLowerCase(), column.type]));
  const partitionColumns = relation.partitionColumns.map((column) => column.toLowerCase());
  const scanned: ScanState = {
    relation: `scan_${state.scans.length + 1}`,
    database: relation.database,
    table: relation.name,
    columnNames,
    partitionColumns: new Set(partitionColumns),
    partitionSql: new Map(
      partitionColumns.map((column) => [
        column,
        `CAST(${quoteName(column)} AS ${duckdbType(types.get(column) ?? { kind: 'varchar', length: undefined })})`,
      ]),
    ),
    used: new Set(),
    filters: [],
    rowFilters: [],
  };
  state.scans.push(scanned);
  const source: Source = { kind: 'scan', scan: scanned };
  const fields = relation.columns.map((column, index) =>
    field({
      name: column.name,
      qualifier: [state.catalog, relation.database.toLowerCase(), relation.name.toLowerCase()],
      type: column.type,
      sql: `${name}.${quoteName(column.name)}`,
      hidden: column.hidden ?? false,
      home: { source, index },
    }),
  );
  return { sql: `${scanned.relation} AS ${name}`, fields, tree: { kind: 'leaf', source } };
}

/** Views are read again and again: their trees are kept. */
const parsed = new Map<string, ReturnType<typeof parseStatement>>();

function parseView(sql: string) {
  const known = parsed.get(sql);
  if (known) return known;
  const statement = parseStatement(sql);
  if (parsed.size > 1000) parsed.clear();
  parsed.set(sql, statement);
  return statement;
}

function view(relation: Extract<Relation, { kind: 'view' }>, name: QualifiedName, place: Place): RelationPlan {
  const { state } = place;
  const id = `${state.catalog}.${relation.database}.${relation.name}`;
  if (state.views.includes(id)) throw refuse('VIEW_IS_RECURSIVE', name.at, `View '${id}' is recursive`);
  const inner: State = {
    ...state,
    views: [...state.views, id],
    options: { ...state.options, defaultDatabase: relation.defaultDatabase },
  };
  const planned = planViewQuery(relation.sql, id, name, { parent: undefined, names: new Map(), state: inner });
  const stale = staleness(planned, relation.columns);
  if (stale) throw refuse('VIEW_IS_STALE', name.at, `View '${id}' is stale or in invalid state: ${stale}`);
  const relationName = alias(state, 't');
  const source: Source = { kind: 'block', block: planned.block };
  const fields = relation.columns.map((column, index): Field => {
    const { type } = planned.columns[index]!;
    const sql = `${relationName}.c${index}`;
    const same = sameType(type, column.type);
    return field({
      name: column.name,
      qualifier: [state.catalog, relation.database.toLowerCase(), relation.name.toLowerCase()],
      type: column.type,
      sql: same ? sql : emitCast(sql, type, column.type),
      hidden: false,
      home: { source, index },
    });
  });
  return { sql: `(${planned.sql}) AS ${relationName}`, fields, tree: { kind: 'leaf', source } };
}

function planViewQuery(sql: string, id: string, name: QualifiedName, place: Place): Planned {
  try {
    const statement = parseView(sql);
    if (statement.kind !== 'query') throw new SqlError('INVALID_VIEW', `View '${id}' is no query`);
    return planQuery(statement.query, place);
  } catch (error) {
    if (!(error instanceof SqlError) || error.code === 'VIEW_IS_STALE' || error.code === 'VIEW_IS_RECURSIVE')
      throw error;
    throw refuse('INVALID_VIEW', name.at, `Failed analyzing stored view '${id}': ${error.message}`);
  }
}

function staleness(planned: Planned, stored: readonly RelationColumn[]): string | undefined {
  if (planned.columns.length !== stored.length) {
    return `stored view column count (${stored.length}) does not match column count derived from the view query analysis (${planned.columns.length})`;
  }
  for (const [index, column] of stored.entries()) {
    const actual = planned.columns[index]!;
    const now = `column [${actual.name ?? `_col${index}`}] of type ${displayType(actual.type)} projected from query view at position ${index}`;
    if (actual.name?.toLowerCase() !== column.name.toLowerCase()) {
      return `${now} has a different name from column [${column.name}] of type ${displayType(column.type)} stored in view definition`;
    }
    if (!sameType(actual.type, column.type) && !canCoerce(actual.type, column.type)) {
      return `${now} cannot be coerced to column [${column.name}] of type ${displayType(column.type)} stored in view definition`;
    }
  }
  return undefined;
}

/** `TABLE name` as a query. */
export function planTable(body: Extract<Body, { kind: 'table' }>, place: Place): Planned {
  const plan = planName(body.name, place);
  const shown = plan.fields.filter((each) => !each.hidden);
  return {
    sql: `SELECT ${shown.map((each, index) => `${each.sql} AS c${index}`).join(', ')} FROM ${plan.sql}`,
    columns: shown.map(({ name, type }) => ({ name, type })),
    block: {
      kind: 'select',
      tree: plan.tree,
      where: [],
      uses: shown.map((each) => new Set([each])),
      always: new Set(),
      passes: shown,
      needed: new Set(),
    },
  };
}
