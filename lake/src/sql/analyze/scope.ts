import type { Expression, Identifier, Place } from '../ast.ts';
import type { Home } from '../plan/shape.ts';
import type { Type } from '../types.ts';
import { refuse } from './refuse.ts';

/** A column that names can reach. */
export interface Field {
  readonly id: number;
  /** As it was spelled; undefined: it has no name. */
  readonly name: string | undefined;
  /** Catalog, database and table or the alias alone, lower case. */
  readonly qualifier: readonly string[];
  readonly type: Type;
  /** How DuckDB text refers to it. */
  readonly sql: string;
  /** Not in `SELECT *`. */
  readonly hidden: boolean;
  /** Where its values come from, for pruning. */
  readonly home: Home | undefined;
}

export interface Scope {
  readonly fields: readonly Field[];
  /** Where a name is sought that is not found here: the FROM clause for ORDER BY, the outer query for a subquery. */
  readonly parent: Scope | undefined;
  /** In a query with GROUP BY: what stands for a column of the FROM clause, or a refusal. */
  readonly translate?: ((field: Field, at: Place) => { readonly sql: string; readonly type: Type }) | undefined;
}

let count = 0;

/** Makes a field; ids only tell fields apart. */
export function field(parts: Omit<Field, 'id'>): Field {
  count += 1;
  return { id: count, ...parts };
}

export const emptyScope: Scope = { fields: [], parent: undefined };

/** The parts of `a.b.c` where it is made of names alone. */
export function nameParts(node: Expression): readonly Identifier[] | undefined {
  if (node.kind === 'identifier') return [node];
  if (node.kind !== 'dereference') return undefined;
  const base = nameParts(node.base);
  return base && [...base, node.field];
}

function matches(candidate: Field, parts: readonly string[]): boolean {
  const name = parts.at(-1);
  if (candidate.name?.toLowerCase() !== name) return false;
  const prefix = parts.slice(0, -1);
  if (prefix.length > candidate.qualifier.length) return false;
  return prefix.every(
    (part, index) => candidate.qualifier[candidate.qualifier.length - prefix.length + index] === part,
  );
}

export interface Resolved {
  readonly field: Field;
  readonly scope: Scope;
}

/** The field that a qualified name means in the nearest scope that has it. */
export function resolve(scope: Scope | undefined, parts: readonly Identifier[], at: Place): Resolved | undefined {
  const lower = parts.map((part) => part.name.toLowerCase());
  for (let current = scope; current; current = current.parent) {
    const found = current.fields.filter((candidate) => matches(candidate, lower));
    if (found.length > 1) throw refuse('AMBIGUOUS_NAME', at, `Column '${shown(parts)}' is ambiguous`);
    if (found[0]) return { field: found[0], scope: current };
  }
  return undefined;
}

/** A name in messages: Trino shows it in lower case. */
export function shown(parts: readonly Identifier[]): string {
  return parts.map((part) => part.name.toLowerCase()).join('.');
}

/** The longest start of `a.b.c` that is a column; what follows are fields of its row. */
export function resolvePrefix(
  scope: Scope,
  parts: readonly Identifier[],
  at: Place,
): { readonly resolved: Resolved; readonly length: number } | undefined {
  for (let length = parts.length; length > 0; length--) {
    const resolved = resolve(scope, parts.slice(0, length), at);
    if (resolved) return { resolved, length };
  }
  return undefined;
}
