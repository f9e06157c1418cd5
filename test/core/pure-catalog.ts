import { lakeMark } from '../../scripts/core/diff/databases.ts';
import type { ActualLake, ActualTable } from '../../scripts/core/model/actual.ts';
import { APPLIED, type CatalogDatabase, type CatalogTable, MANAGED } from '../../scripts/core/model/catalog.ts';
import type { Definitions, Environment } from '../../scripts/core/model/definition.ts';
import { desiredDatabases, desiredTable, desiredView, viewSql } from '../../scripts/core/normalize/desired.ts';
import { ENVIRONMENT } from '../../scripts/core/normalize/properties.ts';
import { type ColumnState, stateHash } from '../../scripts/core/normalize/state.ts';
import { markView } from '../../scripts/core/plan/apply-edit.ts';

/** The catalog as apply leaves it, worked out without any: for tests of what is pure. */
export function catalogOf(definitions: Definitions, environment: Environment): ActualLake {
  return {
    databases: desiredDatabases(definitions, environment).map(
      ({ database, comment }): CatalogDatabase => ({
        name: database,
        description: comment,
        location: undefined,
        parameters: { [MANAGED]: 'true', [ENVIRONMENT]: lakeMark(environment) },
      }),
    ),
    tables: [...tablesOf(definitions, environment), ...viewsOf(definitions, environment)],
  };
}

function tablesOf(definitions: Definitions, environment: Environment): readonly ActualTable[] {
  return definitions.tables.map((definition) => {
    const state = desiredTable(definition, environment);
    const table: CatalogTable = {
      ...blank(state.database, state.name),
      tableType: 'EXTERNAL_TABLE',
      partitionKeys: state.partitions.map(column),
      parameters: {
        ...state.properties,
        comment: state.comment,
        EXTERNAL: 'TRUE',
        [MANAGED]: 'true',
        [APPLIED]: stateHash(state),
      },
      storage: {
        columns: state.columns.map(column),
        location: state.location,
        inputFormat: state.format.input,
        outputFormat: state.format.output,
        serde: { library: state.format.serde, parameters: { 'serialization.format': '1', ...state.format.parameters } },
        compressed: false,
        rest: {},
      },
    };
    return { table, partitions: undefined };
  });
}

function viewsOf(definitions: Definitions, environment: Environment): readonly ActualTable[] {
  return definitions.views.map((definition) => {
    const state = desiredView(definition, environment);
    const stored = { originalSql: viewSql(definition, environment), columns: state.columns };
    const text = `/* Presto View: ${Buffer.from(JSON.stringify(stored)).toString('base64')} */`;
    const made = { ...blank(state.database, state.name), tableType: 'VIRTUAL_VIEW', viewOriginalText: text };
    const mark = { ...state, call: 'MarkView', applied: stateHash(state) } as const;
    return { table: markView(made, mark).table, partitions: undefined };
  });
}

function blank(database: string, name: string): CatalogTable {
  return {
    database,
    name,
    tableType: undefined,
    description: undefined,
    owner: 'hadoop',
    storage: {
      columns: [],
      location: '',
      inputFormat: undefined,
      outputFormat: undefined,
      serde: { library: undefined, parameters: {} },
      compressed: false,
      rest: {},
    },
    partitionKeys: [],
    parameters: {},
    viewOriginalText: undefined,
    viewExpandedText: undefined,
    versionId: '1',
    rest: {},
  };
}

function column({ name, type, comment }: ColumnState): CatalogTable['partitionKeys'][number] {
  return { name, type, comment: comment === '' ? undefined : comment };
}
