import type { Column, TableDefinition, ViewDefinition } from '../model/definition.ts';
import type { Finding, Place } from '../model/finding.ts';
import { significant } from '../sql/index.ts';
import { fault } from './catalogue.ts';
import type { Compiled } from './compiled.ts';
import { type Context, type Rule, type SqlFile, valueAt, yamlOf } from './context.ts';
import { isTrinoType, sameType, shownType } from './trino-types.ts';

/** What a load's or view's SELECT gives against what is declared: names and order by the parser, types by the engine. */
export const outputRules: Rule = (context) =>
  context.sqls.flatMap((file) => {
    const compiled = context.compiled?.get(file.path);
    const errors = compiled === undefined || repeats(context, compiled) ? [] : refused(file, compiled);
    if (!file.parsed.ok || file.parsed.kind !== 'select' || (file.use !== 'load' && file.use !== 'view')) return errors;
    if (file.use === 'load' && file.owner.load === undefined) return errors;
    if (context.partial.has(yamlOf(file.owner))) return errors;
    return [...errors, ...judge(context, file, file.owner, compiled)];
  });

/** The engine tells a wrong view again at every statement that reads it; the view itself has been told. */
function repeats(context: Context, compiled: Compiled): boolean {
  if (!('error' in compiled) || compiled.error.name !== 'INVALID_VIEW') return false;
  return context.sqls.some((file) => {
    const result = file.use === 'view' ? context.compiled?.get(file.path) : undefined;
    return result !== undefined && 'error' in result && result.error.name !== 'INVALID_VIEW';
  });
}

function refused(file: SqlFile, compiled: Compiled): readonly Finding[] {
  if (!('error' in compiled) || !file.parsed.ok) return [];
  const { name, message, line, column } = compiled.error;
  const place = { path: file.path, line: line ?? 1, column: column ?? 1 };
  return [fault('sql-compile', place, `${name}: ${message}`, 'correct the SQL, or the definition of what it reads')];
}

function judge(
  context: Context,
  file: SqlFile,
  owner: TableDefinition | ViewDefinition,
  compiled: Compiled | undefined,
): readonly Finding[] {
  const result = compiled !== undefined && 'columns' in compiled ? compiled.columns : undefined;
  const given = file.parsed.outputNames ?? result?.map((column) => column.name);
  if (given === undefined) return owner.kind === 'view' ? untyped(context, owner) : [];
  const place: Place = { path: file.path, line: 1, column: 1 };
  const unnamed = given.findIndex((name) => name === undefined || name === '' || /^_col[0-9]+$/.test(name));
  if (unnamed >= 0) {
    return [fault('output-name', place, `result column ${unnamed + 1} has no name`, 'name it: ... AS name')];
  }
  const names = given as readonly string[];
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    return [fault('output-name', place, `two result columns are called ${twice}`, 'name each column once')];
  }
  const partitions = owner.kind === 'table' ? owner.partitions : [];
  const wanted = [...owner.columns, ...partitions];
  const faults = [...lastPartitions(place, names, partitions), ...order(context, file, owner, names)];
  if (faults.length > 0) return faults;
  return [...(owner.kind === 'view' ? untyped(context, owner) : []), ...types(context, file, owner, wanted, result)];
}

/** CTAS takes the last columns as the partition columns, in the order of `partitioned_by`. */
function lastPartitions(place: Place, names: readonly string[], partitions: readonly Column[]): readonly Finding[] {
  if (partitions.length === 0) return [];
  const wanted = partitions.map((column) => column.name);
  if (names.slice(-wanted.length).join() === wanted.join()) return [];
  const lacking = wanted.filter((name) => !names.includes(name));
  const message =
    lacking.length > 0
      ? `partition columns missing: ${lacking.join(', ')}`
      : 'partition columns are not last and in order';
  return [fault('output-partitions', place, message, `end the SELECT with ${wanted.join(', ')}`)];
}

function order(
  context: Context,
  file: SqlFile,
  owner: TableDefinition | ViewDefinition,
  names: readonly string[],
): readonly Finding[] {
  const { columns } = owner;
  const partitions = owner.kind === 'table' ? owner.partitions : [];
  const keys = new Set(partitions.map((column) => column.name));
  const given = names.filter((name) => !keys.has(name));
  const wanted = columns.map((column) => column.name);
  if (given.join() === wanted.join()) return [];
  const lacking = wanted.filter((name) => !given.includes(name));
  const extra = given.filter((name) => !wanted.includes(name));
  const parts = [
    ...(lacking.length > 0 ? [`missing: ${lacking.join(', ')}`] : []),
    ...(extra.length > 0 ? [`not declared: ${extra.join(', ')}`] : []),
  ];
  const message =
    parts.length > 0
      ? `its columns differ from those declared; ${parts.join('; ')}`
      : 'its columns are in another order than declared';
  const select = `select ${wanted.join(', ')}, in this order`;
  const cure = extra.length > 0 ? `declare below columns what is meant to be there, or ${select}` : select;
  const place = placeOfItem(
    file,
    extra[0] ?? (lacking.length === 0 ? given.find((name, at) => name !== wanted[at]) : undefined),
  );
  // What only the engine knows (SELECT *) stands nowhere in the text; what lacks is told where it is declared.
  const declared = extra.length > 0 ? -1 : wanted.indexOf(lacking[0] ?? '');
  const yaml = valueAt(context, yamlOf(owner), ['columns', declared]);
  return [
    fault('output-columns', place ?? (declared < 0 ? { path: file.path, line: 1, column: 1 } : yaml), message, cure),
  ];
}

/** Where a column of the result is named: last in the SELECT, behind its expression. */
function placeOfItem({ path, text }: SqlFile, name: string | undefined): Place | undefined {
  const own = significant(text);
  const from = own.findLastIndex((token) => token.kind === 'word' && /^from$/i.test(token.text));
  const item = own
    .slice(0, from < 0 ? undefined : from)
    .findLast((token) => token.text.toLowerCase().replaceAll('"', '') === name);
  if (item === undefined) return undefined;
  const lines = text.slice(0, item.start).split('\n');
  return { path, line: lines.length, column: [...(lines.at(-1) ?? '')].length + 1 };
}

function untyped(context: Context, view: ViewDefinition): readonly Finding[] {
  const cure = 'run npm run validate -- --fix, which writes it';
  return view.columns.flatMap((column, index) => {
    if (isTrinoType(column.type)) return [];
    const message =
      column.type === ''
        ? `the type of ${column.name} is missing`
        : `${JSON.stringify(column.type.slice(0, 80))} is no type of a query`;
    return [fault('view-type', valueAt(context, yamlOf(view), ['columns', index, 'type']), message, cure)];
  });
}

function types(
  context: Context,
  file: SqlFile,
  owner: TableDefinition | ViewDefinition,
  wanted: readonly Column[],
  result: readonly Column[] | readonly { readonly name: string; readonly type: string }[] | undefined,
): readonly Finding[] {
  return wanted.flatMap((column, index) => {
    const given = result?.[index];
    if (given === undefined || !isDeclared(owner.kind, column.type) || sameType(owner.kind, column.type, given.type))
      return [];
    if (owner.kind === 'view') {
      const place = valueAt(context, yamlOf(owner), ['columns', index, 'type']);
      const message = `${column.name} is declared ${column.type}, its SELECT gives ${given.type}`;
      return [fault('output-type', place, message, 'run npm run validate -- --fix, or cast it in view.sql')];
    }
    const place = { path: file.path, line: 1, column: 1 };
    const message = `${column.name} is declared ${column.type}, the SELECT gives ${given.type}`;
    return [fault('output-type', place, message, `cast it: CAST(... AS ${shownType(column.type)})`)];
  });
}

/** A type that is missing or unreadable has a finding of its own. */
function isDeclared(kind: 'table' | 'view', type: string): boolean {
  return kind === 'view' ? isTrinoType(type) : type !== '';
}
