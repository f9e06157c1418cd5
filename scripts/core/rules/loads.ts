import { LOAD_MODES } from '../define/table.ts';
import { child, textOf } from '../define/tree.ts';
import type { LoadMode, TableDefinition } from '../model/definition.ts';
import type { Finding } from '../model/finding.ts';
import { EARLIEST, isDay, isLakeDay, LATEST } from '../partition/index.ts';
import { tableReferences } from '../sql/index.ts';
import { fault } from './catalogue.ts';
import { type Context, folderOf, fullName, keyAt, type Rule, type SqlFile, valueAt, yamlOf } from './context.ts';
import { dateTokens } from './partitions.ts';

export const loadRules: Rule = (context) =>
  context.definitions.tables.flatMap((table) => {
    if (table.rejectsOf !== undefined || !context.trees.has(yamlOf(table))) return [];
    const key = child(context.trees.get(yamlOf(table)), 'load');
    const file = context.sqls.find((each) => each.use === 'load' && each.path === `${folderOf(table)}/load.sql`);
    if (key === undefined && file !== undefined) {
      const place = { path: file.path, line: 1, column: 1 };
      return [
        fault('load-sql', place, 'table.yaml has no load', 'add load: { mode: ... } to table.yaml, or remove the file'),
      ];
    }
    if (key === undefined) return [];
    const text = textOf(child(key, 'mode'));
    const mode = LOAD_MODES.find((each) => each === text);
    const found: Finding[] = [];
    if (file === undefined) {
      const message = 'there is no load.sql beside table.yaml';
      found.push(
        fault(
          'load-sql',
          keyAt(context, yamlOf(table), ['load']),
          message,
          'write the SELECT that fills the table into load.sql',
        ),
      );
    }
    if (mode === undefined) return found;
    found.push(...start(context, table, mode), ...shape(context, table, mode));
    if (file?.parsed.ok) found.push(...range(file, mode), ...SOURCE[mode](context, file));
    return found;
  });

function start(context: Context, table: TableDefinition, mode: LoadMode): readonly Finding[] {
  const text = textOf(child(child(context.trees.get(yamlOf(table)), 'load'), 'start'));
  if (text === undefined) return [];
  const place = valueAt(context, yamlOf(table), ['load', 'start']);
  if (mode !== 'partitions') return [fault('load-start', place, `mode ${mode} has no days`, 'remove start')];
  if (isLakeDay(text)) return [];
  if (isDay(text)) {
    const message = `${text} is no day that a lake has data of`;
    return [fault('load-start', place, message, `give a day from ${EARLIEST} to ${LATEST}`)];
  }
  return [fault('load-start', place, `${JSON.stringify(text)} is no day`, 'write it as "2024-01-31"')];
}

const dated = (table: TableDefinition): boolean =>
  table.partitions.some((column) => column.date !== undefined && dateTokens(column.date) !== undefined);

function shape(context: Context, table: TableDefinition, mode: LoadMode): readonly Finding[] {
  const place = valueAt(context, yamlOf(table), ['load', 'mode']);
  if (mode === 'replace' && table.partitions.length > 0) {
    const cure = 'use mode: partitions, or remove the partition columns';
    return [fault('load-partitions', place, 'mode replace writes no partitions', cure)];
  }
  if (mode === 'files' && table.partitions.length === 0) {
    const cure = 'give the table partition columns, or use mode: replace';
    return [fault('load-partitions', place, 'mode files writes partitions, and the table has none', cure)];
  }
  if (mode === 'partitions' && !dated(table)) {
    const cure = 'give partition columns a date: format, or use mode: replace';
    return [
      fault('load-partitions', place, 'no partition column has a date format, so no day names a partition', cure),
    ];
  }
  return [];
}

function range(file: SqlFile, mode: LoadMode): readonly Finding[] {
  const used = file.parsed.parameters;
  if (mode !== 'partitions') {
    return used
      .filter(({ name }) => name !== 'table')
      .map(({ name, line, column }) => {
        const place = { path: file.path, line, column };
        return fault(
          'load-range',
          place,
          `mode ${mode} gives :${name} no value`,
          'remove the condition, or use mode: partitions',
        );
      });
  }
  const lacking = (['from', 'to'] as const).filter((name) => !used.some((parameter) => parameter.name === name));
  if (lacking.length === 0) return [];
  const names = lacking.map((name) => `:${name}`).join(' and ');
  const cure = 'select the days: WHERE day BETWEEN :from AND :to';
  return [
    fault(
      'load-range',
      { path: file.path, line: 1, column: 1 },
      `${names} missing: each run would load everything`,
      cure,
    ),
  ];
}

const SOURCE: Readonly<Record<LoadMode, (context: Context, file: SqlFile) => readonly Finding[]>> = {
  partitions: datedSource,
  replace: () => [],
  files: oneSource,
};

function datedSource(context: Context, file: SqlFile): readonly Finding[] {
  const { tables, views } = context.definitions;
  const read = new Set(
    file.parsed.tables.filter(({ isCte }) => !isCte).map(({ database, name }) => `${database}.${name}`),
  );
  if (tables.some((table) => read.has(fullName(table)) && dated(table))) return [];
  // A broken or undefined source has a finding of its own. A view hides which folders it reads, so it is no source.
  const known = new Set([...tables, ...views].map(fullName));
  const broken = tables.some((table) => read.has(fullName(table)) && context.partial.has(yamlOf(table)));
  if (broken || [...read].some((name) => !known.has(name))) return [];
  const place = { path: file.path, line: 1, column: 1 };
  const message = 'no table that it reads has dated partition columns';
  return [fault('load-source', place, message, 'give a source partition columns with date:, or use mode: replace')];
}

/** Mode files puts its objects in place of the landing table: it must be the one, and named in load.sql itself. */
function oneSource(context: Context, file: SqlFile): readonly Finding[] {
  const { tables, views } = context.definitions;
  const named = new Set(
    file.parsed.tables.filter(({ isCte }) => !isCte).map(({ database, name }) => `${database}.${name}`),
  );
  const landing = tables.filter((table) => table.load === undefined);
  const read = landing.filter((table) => named.has(fullName(table)));
  const looked = views.filter((view) => named.has(fullName(view)));
  const hidden = looked.flatMap((view) => throughView(context, view.sql, landing, new Set([fullName(view)])));
  const known = new Set([...tables, ...views].map(fullName));
  if ([...named].some((name) => !known.has(name))) return [];
  if (read.length === 1 && hidden.length === 0) return [];
  const place = { path: file.path, line: 1, column: 1 };
  const [first] = hidden;
  const message =
    first === undefined
      ? `mode files reads one landing table, this reads ${read.length}`
      : `mode files reads ${first} through a view, where its objects cannot be told apart`;
  return [fault('load-source', place, message, 'name the one landing table in load.sql, or use another mode')];
}

function throughView(
  context: Context,
  sql: string,
  landing: readonly TableDefinition[],
  seen: ReadonlySet<string>,
): readonly string[] {
  return tableReferences(sql).flatMap(({ database, name }) => {
    const key = `${database}.${name}`;
    if (seen.has(key)) return [];
    if (landing.some((table) => fullName(table) === key)) return [key];
    const view = context.definitions.views.find((each) => fullName(each) === key);
    return view === undefined ? [] : throughView(context, view.sql, landing, new Set([...seen, key]));
  });
}
