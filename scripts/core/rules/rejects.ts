import { REJECT_COLUMNS, rejectsName } from '../define/rejects.ts';
import { ROWS_COLUMN, traceFault } from '../load/index.ts';
import type { TableDefinition } from '../model/definition.ts';
import type { Finding } from '../model/finding.ts';
import { positionAt } from '../sql/index.ts';
import { fault } from './catalogue.ts';
import { type Context, folderOf, fullName, keyAt, type Rule, type SqlFile, valueAt, yamlOf } from './context.ts';

/** What keeps a table from having its bad rows set apart. */
export const rejectRules: Rule = (context) => [
  ...context.definitions.tables.flatMap((table) => {
    if (table.load?.rejects === undefined) return [];
    return [...names(context, table), ...columns(context, table), ...rows(context, table)];
  }),
  ...readers(context),
];

const RULE = 'load-rejects';

function names(context: Context, table: TableDefinition): readonly Finding[] {
  const { tables, views } = context.definitions;
  const name = rejectsName(table);
  const other = [...tables, ...views].find(
    (each) => each.database === table.database && each.name === name && !('rejectsOf' in each),
  );
  if (other === undefined) return [];
  const message = `the rejects of this table would be in ${fullName(other)}, which is ${other.kind === 'view' ? 'a view' : 'a table'} of its own`;
  return [fault(RULE, keyAt(context, yamlOf(table), ['load', 'rejects']), message, `rename ${fullName(other)}`)];
}

function columns(context: Context, table: TableDefinition): readonly Finding[] {
  const taken = new Set([...REJECT_COLUMNS.map((column) => column.name), ROWS_COLUMN]);
  return (['columns', 'partitions'] as const).flatMap((list) =>
    table[list].flatMap(({ name }, index) => {
      if (!taken.has(name)) return [];
      const place = valueAt(context, yamlOf(table), [list, index, 'name']);
      const message = `${name} is what a column of rejects is called`;
      return [fault(RULE, place, message, 'give the column another name, or remove rejects')];
    }),
  );
}

/** Each row that is loaded must be one row of the first table, or nothing says which one was bad. */
function rows(context: Context, table: TableDefinition): readonly Finding[] {
  const file = context.sqls.find((each) => each.path === `${folderOf(table)}/load.sql`);
  if (file === undefined || !file.parsed.ok || file.parsed.kind !== 'select') return [];
  const found = traceFault(file.text);
  if (found !== undefined) {
    const place = { path: file.path, ...positionAt(file.text, found.start) };
    const message = `${found.message}, so a bad row cannot be followed back to a row of its source`;
    return [
      fault(RULE, place, message, 'load the rows one by one (a SELECT of columns, WHERE, joins), or remove rejects'),
    ];
  }
  return compiled(context, file);
}

/** What only the engine can tell of load.sql with the columns that rejects add; what it says of both is told once. */
function compiled(context: Context, file: SqlFile): readonly Finding[] {
  const plain = context.compiled?.get(file.path);
  const result = context.compiled?.get(tracedId(file.path));
  if (result === undefined || !('error' in result) || plain === undefined || 'error' in plain) return [];
  const message = `with the columns that rejects add, load.sql is refused: ${result.error.message}`;
  return [fault(RULE, { path: file.path, line: 1, column: 1 }, message, 'load the rows one by one, or remove rejects')];
}

/** The name of the question whether load.sql compiles with the columns that rejects add. */
export function tracedId(path: string): string {
  return `${path} with rejects`;
}

/** A load that reads rejects would have to wait for the load that writes them, which no lineage shows. */
function readers(context: Context): readonly Finding[] {
  const rejects = new Set(context.definitions.tables.filter((table) => table.rejectsOf !== undefined).map(fullName));
  if (rejects.size === 0) return [];
  return context.sqls.flatMap((file) => {
    const read = file.use === 'load' ? [...readBy(context, file)].find((name) => rejects.has(name)) : undefined;
    if (read === undefined) return [];
    const message = `it reads ${read}, which another load fills beside its own table`;
    return [
      fault(RULE, { path: file.path, line: 1, column: 1 }, message, 'read rejects by a query, or a view for people'),
    ];
  });
}

/** Every table and view that a file reads, views looked through. */
function readBy(context: Context, file: SqlFile): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = ({ parsed }: SqlFile): void => {
    for (const { isCte, database, name } of parsed.tables) {
      const key = `${database}.${name}`;
      if (isCte || seen.has(key)) continue;
      seen.add(key);
      const view = context.sqls.find((each) => each.use === 'view' && fullName(each.owner) === key);
      if (view !== undefined) visit(view);
    }
  };
  visit(file);
  return seen;
}
