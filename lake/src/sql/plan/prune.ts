import type { Field } from '../analyze/scope.ts';
import type { State } from '../analyze/state.ts';
import { NotMovable } from '../analyze/subqueries.ts';
import { quoteName } from '../types/index.ts';
import type { Block, Condition, Source, SourceTree } from './shape.ts';

/** Hands the statement's conditions down to the tables they speak of, and tells which columns are read. */
export function prune(state: State, main: Block): void {
  for (const block of [main, ...state.roots]) {
    needAll(block);
    push(block, []);
  }
  // A later WITH query may read an earlier one, so the last is done first: then all references are known.
  for (const named of state.named.toReversed()) {
    if (named.references.length > 0) push(named.block, common(named.references));
  }
}

function needAll(block: Block): void {
  if (block.kind === 'set') {
    for (const part of block.parts) needAll(part);
    return;
  }
  for (let index = 0; index < block.uses.length; index++) need(block, index);
  for (const field of block.always) touch(field);
}

function need(block: Block, index: number): void {
  if (block.kind === 'set') {
    for (const part of block.parts) {
      if (block.all) need(part, index);
      else needAll(part);
    }
    return;
  }
  for (const field of block.needed.size === 0 ? block.always : []) touch(field);
  if (block.needed.has(index)) return;
  block.needed.add(index);
  for (const field of block.uses[index] ?? []) touch(field);
}

function touch(field: Field): void {
  const { home } = field;
  if (!home) return;
  const { source, index } = home;
  if (source.kind === 'scan') source.scan.used.add(source.scan.columnNames[index]!);
  else if (source.kind === 'block') need(source.block, index);
  else if (source.kind === 'reference') need(source.named.block, index);
}

/** What is true of the rows that any reference wants; nothing, where one wants all. */
function common(references: readonly (readonly Condition<number>[])[]): Condition<number>[] {
  if (references.length === 1) return [...references[0]!];
  if (references.some((conditions) => conditions.length === 0)) return [];
  const render = (sql: (key: number) => string) =>
    `(${references.map((all) => `(${all.map((one) => one.render(sql)).join(' AND ')})`).join(' OR ')})`;
  const keys = new Set(references.flatMap((all) => all.flatMap((one) => [...one.keys])));
  return [{ keys, rejectsNull: false, render }];
}

function push(block: Block, conditions: readonly Condition<number>[]): void {
  if (block.kind === 'set') {
    for (const part of block.parts) push(part, block.passes ? conditions : []);
    return;
  }
  const inner = conditions.flatMap((condition) => translate(condition, (index) => block.passes[index]));
  if (block.tree) spread(block.tree, [...block.where, ...inner]);
}

/** The same condition on other keys; nothing, where a key has no counterpart. */
function translate<A, B>(condition: Condition<A>, counterpart: (key: A) => B | undefined): Condition<B>[] {
  const keys = new Set<B>();
  for (const key of condition.keys) {
    const other = counterpart(key);
    if (other === undefined) return [];
    keys.add(other);
  }
  const render = (sql: (key: B) => string) => condition.render((key) => sql(counterpart(key)!));
  return [{ keys, rejectsNull: condition.rejectsNull, render }];
}

function spread(tree: SourceTree, conditions: readonly Condition<Field>[]): void {
  if (tree.kind === 'leaf') {
    reach(tree.source, conditions);
    return;
  }
  const strict = conditions.filter((condition) => condition.rejectsNull);
  const { type, on } = tree;
  // Rows that an outer join fills up with nulls survive a condition that nulls pass.
  spread(tree.left, [
    ...(type === 'inner' || type === 'left' ? conditions : strict),
    ...(type === 'inner' || type === 'right' ? on : []),
  ]);
  spread(tree.right, [
    ...(type === 'inner' || type === 'right' ? conditions : strict),
    ...(type === 'inner' || type === 'left' ? on : []),
  ]);
}

function reach(source: Source, conditions: readonly Condition<Field>[]): void {
  if (source.kind === 'opaque') return;
  const own = conditions.flatMap((condition) =>
    translate(condition, (field) => (field.home?.source === source ? field.home.index : undefined)),
  );
  if (source.kind === 'block') push(source.block, own);
  else if (source.kind === 'reference') source.conditions.push(...own);
  else for (const condition of own) filter(source, condition);
}

function filter(source: Extract<Source, { kind: 'scan' }>, condition: Condition<number>): void {
  const { scan } = source;
  const names = [...condition.keys].map((index) => scan.columnNames[index]!);
  const ofPartitions = names.every((name) => scan.partitionColumns.has(name));
  const [column] = names;
  if (!ofPartitions && (column === undefined || names.length > 1)) return;
  try {
    if (ofPartitions) scan.filters.push(condition.render((index) => scan.partitionSql.get(scan.columnNames[index]!)!));
    else scan.rowFilters.push({ column: column!, sql: condition.render(() => quoteName(column!)) });
  } catch (error) {
    if (!(error instanceof NotMovable)) throw error;
  }
}
