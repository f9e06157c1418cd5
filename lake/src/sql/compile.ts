import { walkParameters } from './analyze/parameters.ts';
import { refuse } from './analyze/refuse.ts';
import type { CompileOptions, Planned, State } from './analyze/state.ts';
import type { Expression, Query, Statement } from './ast.ts';
import { parseExpression, parseStatement } from './parse/statements.ts';
import { prune } from './plan/prune.ts';
import { planQuery } from './plan/query.ts';
import type { ScanState } from './plan/shape.ts';
import { type Compiled, type Scan, SqlError } from './sql.ts';

function stateOf(options: CompileOptions, query: Query): State {
  const given = (options.parameters ?? []).map(
    (each): Expression => (typeof each === 'string' ? parseExpression(each) : each),
  );
  const wanted = walkParameters(query);
  if (wanted !== given.length) {
    const message = `Incorrect number of parameters: expected ${wanted} but found ${given.length}`;
    throw refuse('INVALID_PARAMETER_USAGE', { line: 1, column: 1 }, message);
  }
  return {
    options,
    catalog: (options.catalog ?? 'awsdatacatalog').toLowerCase(),
    parameters: given,
    scans: [],
    roots: [],
    named: [],
    views: [],
    recorder: { uses: new Set() },
    counter: { aliases: 0 },
    late: [],
    references: new Map(),
  };
}

function queryOf(source: string | Query | Statement): Query {
  if (typeof source !== 'string') return 'kind' in source ? queryOfStatement(source) : source;
  return queryOfStatement(parseStatement(source));
}

function queryOfStatement(statement: Statement): Query {
  switch (statement.kind) {
    case 'query':
    case 'ctas':
    case 'insert':
    case 'create-view':
    case 'unload':
      return statement.query;
    default:
      throw refuse('NOT_SUPPORTED', statement.at, `A query is expected, not ${statement.kind}`);
  }
}

/** Messages begin with the place, as Trino's do. */
function placed<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) {
      throw new SqlError('STACK_OVERFLOW', 'Statement is too large (stack overflow during analysis)');
    }
    if (!(error instanceof SqlError) || error.line === undefined || error.message.startsWith('line ')) throw error;
    throw new SqlError(error.code, `line ${error.line}:${error.column}: ${error.message}`, error.line, error.column);
  }
}

function plan(
  source: string | Query | Statement,
  options: CompileOptions,
): { readonly planned: Planned; readonly state: State } {
  const query = queryOf(source);
  const state = stateOf(options, query);
  const planned = planQuery(query, { parent: undefined, names: new Map(), state }, true);
  for (const check of state.late) check();
  return { planned, state };
}

function scanOf(scan: ScanState): Scan {
  const { filters } = scan;
  return {
    relation: scan.relation,
    database: scan.database,
    table: scan.table,
    columns: scan.columnNames.filter((name) => scan.used.has(name)),
    partitionFilter: filters.length === 0 ? undefined : [...new Set(filters)].join(' AND '),
    rowFilters: scan.rowFilters,
  };
}

function columnsOf(planned: Planned): Compiled['columns'] {
  return planned.columns.map(({ name, type }, index) => ({ name: name ?? `_col${index}`, type }));
}

/**
 * Turns a query (text or tree) into DuckDB SQL. The columns of that SQL are called c0, c1, ...; their names and Trino's
 * types are in `columns`.
 */
export function compileQuery(source: string | Query | Statement, options: CompileOptions): Compiled {
  return placed(() => {
    const { planned, state } = plan(source, options);
    prune(state, planned.block);
    return { sql: planned.sql, columns: columnsOf(planned), scans: state.scans.map(scanOf) };
  });
}

export interface Analyzed {
  /** A column without a name is `undefined` here: CREATE VIEW and CTAS refuse it. */
  readonly columns: readonly {
    readonly name: string | undefined;
    readonly type: Compiled['columns'][number]['type'];
  }[];
}

/** Names and types of a query's columns, without its text. */
export function analyzeQuery(source: string | Query | Statement, options: CompileOptions): Analyzed {
  return placed(() => {
    const { planned } = plan(source, options);
    return { columns: planned.columns };
  });
}
