import { quoteText } from '../../sql/types/index.ts';
import type { Connection } from '../session.ts';

interface Node {
  readonly class?: string;
  readonly type?: string;
  readonly left?: Node;
  readonly right?: Node;
  readonly child?: Node;
  readonly children?: readonly Node[];
  readonly column_names?: readonly string[];
  readonly value?: { readonly is_null?: boolean; readonly value?: unknown };
}

/** The values that a filter lets a column have, where it says so by `=` or IN; undefined where it doesn't bound it. */
export async function requiredValues(
  filter: string,
  column: string,
  connection: Connection,
): Promise<readonly string[] | undefined> {
  const reader = await connection.read(`SELECT json_serialize_sql(${quoteText(`SELECT 1 FROM t WHERE ${filter}`)})`);
  const tree = JSON.parse(String(reader.getRowsJson()[0]?.[0] ?? '{}')) as {
    statements?: readonly { node?: { where_clause?: Node } }[];
  };
  const where = tree.statements?.[0]?.node?.where_clause;
  const values = where === undefined ? undefined : bound(where, column);
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
  if (inner.class !== 'CONSTANT' || inner.value === undefined) return undefined;
  return inner.value.is_null === true ? [] : [String(inner.value.value)];
}
