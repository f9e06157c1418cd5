import type { Connection } from '../session.ts';
import { conditionTree, type Node } from './condition-tree.ts';

/** The values that a filter lets a column have, where it says so by `=` or IN; undefined where it doesn't bound it. */
export async function requiredValues(
  filter: string,
  column: string,
  connection: Connection,
): Promise<readonly string[] | undefined> {
  const tree = await conditionTree(filter, connection);
  const values = tree === undefined ? undefined : bound(tree.root, column);
  return values === undefined ? undefined : [...new Set(values)];
}

function bound(node: Node, column: string): readonly string[] | undefined {
  if (node.type === 'CONJUNCTION_AND') {
    return (node.children ?? []).map((child) => bound(child, column)).find((values) => values !== undefined);
  }
  if (node.type === 'CONJUNCTION_OR') {
    const each = (node.children ?? []).map((child) => bound(child, column));
    return each.every((values) => values !== undefined) ? each.flat() : undefined;
  }
  if (node.type === 'COMPARE_EQUAL') {
    const [left, right] = [node.left ?? {}, node.right ?? {}];
    if (isColumn(left, column)) return constant(right);
    return isColumn(right, column) ? constant(left) : undefined;
  }
  if (node.type === 'COMPARE_IN' && isColumn(node.children?.[0] ?? {}, column)) {
    const each = (node.children ?? []).slice(1).map(constant);
    return each.every((values) => values !== undefined) ? each.flat() : undefined;
  }
  return undefined;
}

function bare(node: Node): Node {
  return node.class === 'CAST' && node.child !== undefined ? bare(node.child) : node;
}

function isColumn(node: Node, column: string): boolean {
  const inner = bare(node);
  return inner.class === 'COLUMN_REF' && inner.column_names?.at(-1)?.toLowerCase() === column;
}

function constant(node: Node): readonly string[] | undefined {
  const inner = bare(node);
  const value = inner.value as { readonly is_null?: boolean; readonly value?: unknown } | undefined;
  if (inner.class !== 'CONSTANT' || value === undefined) return undefined;
  return value.is_null === true ? [] : [String(value.value)];
}
