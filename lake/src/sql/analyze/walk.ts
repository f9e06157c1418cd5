import type { Expression, FunctionCall } from '../ast.ts';
import { functionKinds } from '../functions/registry.ts';
import type { Scope } from './scope.ts';
import { nameParts, resolve } from './scope.ts';

/** Properties that hold names, not expressions. */
const names: Readonly<Record<string, readonly string[]>> = {
  call: ['name'],
  dereference: ['field'],
  lambda: ['parameters'],
};

/** The expressions directly below one; subqueries stay closed. */
export function children(node: Expression): Expression[] {
  const found: Expression[] = [];
  const skip = names[node.kind] ?? [];
  for (const [key, value] of Object.entries(node)) {
    if (key !== 'at' && key !== 'type' && !skip.includes(key)) gather(value, found);
  }
  return found;
}

function gather(value: unknown, found: Expression[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const each of value) gather(each, found);
    return;
  }
  // A query has a body and no kind.
  if ('body' in value && !('kind' in value)) return;
  if ('kind' in value && 'at' in value) {
    found.push(value as Expression);
    return;
  }
  for (const [key, each] of Object.entries(value)) {
    // A window's base and name are names; so is that of a passed JSON argument.
    if (key !== 'at' && key !== 'base' && key !== 'name') gather(each, found);
  }
}

export function functionName(node: FunctionCall): string {
  return node.name.map((part) => part.name.toLowerCase()).join('.');
}

export function isAggregate(node: Expression): node is FunctionCall {
  if (node.kind !== 'call' || node.over) return false;
  return functionKinds(functionName(node)).has('aggregate');
}

export function isWindow(node: Expression): node is FunctionCall {
  return node.kind === 'call' && node.over !== undefined;
}

/** All expressions that satisfy a test, outermost first; below one that does, nothing is sought. */
export function findAll<T extends Expression>(node: Expression, test: (node: Expression) => node is T): T[] {
  if (test(node)) return [node];
  return children(node).flatMap((child) => findAll(child, test));
}

/** As `findAll`, and within what it finds too. */
export function findEverywhere<T extends Expression>(node: Expression, test: (node: Expression) => node is T): T[] {
  const below = children(node).flatMap((child) => findEverywhere(child, test));
  return test(node) ? [node, ...below] : below;
}

/** Equal for expressions that mean the same: by the columns that names resolve to, without places. */
export function keyOf(node: Expression, scope: Scope | undefined): string {
  const parts = nameParts(node);
  if (parts) {
    const resolved = resolve(scope, parts, node.at);
    if (resolved) return `#${resolved.field.id}`;
    if (node.kind === 'identifier') return `name:${node.name.toLowerCase()}`;
  }
  return serialize(node, scope);
}

function serialize(value: unknown, scope: Scope | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each) => inner(each, scope)).join(',')}]`;
  const entries = Object.entries(value).filter(([key]) => key !== 'at');
  if ('kind' in value && value.kind === 'call' && 'name' in value) {
    const call = value as FunctionCall;
    return `call:${functionName(call)}(${entries
      .filter(([key]) => key !== 'name' && key !== 'kind')
      .map(([key, each]) => `${key}:${inner(each, scope)}`)
      .join(',')})`;
  }
  return `{${entries.map(([key, each]) => `${key}:${inner(each, scope)}`).join(',')}}`;
}

function inner(value: unknown, scope: Scope | undefined): string {
  const isNode = typeof value === 'object' && value !== null && 'kind' in value && 'at' in value;
  return isNode ? keyOf(value as Expression, scope) : serialize(value, scope);
}

/** An expression that holds a query of its own. */
export function holdsQuery(node: Expression): node is Expression {
  return ['subquery', 'in-query', 'exists', 'quantified'].includes(node.kind);
}
