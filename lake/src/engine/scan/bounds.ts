import type { Connection } from '../session.ts';
import { conditionTree, type Node } from './condition-tree.ts';

const ALWAYS: Node = {
  class: 'CONSTANT',
  type: 'VALUE_CONSTANT',
  alias: '',
  query_location: 0,
  value: { type: { id: 'BOOLEAN', type_info: null }, is_null: false, value: true },
};

const FLIPPED: Readonly<Record<string, string>> = {
  COMPARE_EQUAL: 'COMPARE_EQUAL',
  COMPARE_LESSTHAN: 'COMPARE_GREATERTHAN',
  COMPARE_GREATERTHAN: 'COMPARE_LESSTHAN',
  COMPARE_LESSTHANOREQUALTO: 'COMPARE_GREATERTHANOREQUALTO',
  COMPARE_GREATERTHANOREQUALTO: 'COMPARE_LESSTHANOREQUALTO',
};

/** The same statements come again and again; to read a condition anew costs some milliseconds. */
const recent = new Map<string, string | undefined>();
const MOST_RECENT = 500;
const LONGEST_KEPT = 4096;

/** As `readBounds`; the last conditions are kept. */
export async function boundsCondition(filter: string, connection: Connection): Promise<string | undefined> {
  if (recent.has(filter)) return recent.get(filter);
  const condition = await readBounds(filter, connection);
  if (recent.size >= MOST_RECENT) recent.clear();
  if (filter.length <= LONGEST_KEPT) recent.set(filter, condition);
  return condition;
}

/**
 * Turns a condition on a column into one on `lo` and `hi`, the least and the greatest value among some rows: where it
 * is false, no row among them meets the first. Undefined where nothing can be told.
 */
async function readBounds(filter: string, connection: Connection): Promise<string | undefined> {
  const tree = await conditionTree(filter, connection);
  const bounds = tree === undefined ? ALWAYS : possible(tree.root);
  return bounds === ALWAYS ? undefined : tree?.textOf(bounds);
}

function possible(node: Node): Node {
  if (node.type === 'CONJUNCTION_AND') {
    const children = (node.children ?? []).map(possible).filter((child) => child !== ALWAYS);
    return children.length === 0
      ? ALWAYS
      : { ...node, children: children.length === 1 ? [...children, ALWAYS] : children };
  }
  if (node.type === 'CONJUNCTION_OR') {
    const children = (node.children ?? []).map(possible);
    return children.includes(ALWAYS) ? ALWAYS : { ...node, children };
  }
  if (node.type === 'COMPARE_IN') return anyOf(node);
  if (node.type === 'COMPARE_BETWEEN') return between(node);
  const flipped = FLIPPED[node.type ?? ''];
  if (flipped === undefined || node.left === undefined || node.right === undefined) return ALWAYS;
  if (isColumn(node.left) && isConstant(node.right)) return comparison(node, node.type!, node.left, node.right);
  if (isColumn(node.right) && isConstant(node.left)) return comparison(node, flipped, node.right, node.left);
  return ALWAYS;
}

function comparison(shape: Node, type: string, column: Node, value: Node): Node {
  const made = (kind: string, bound: string) => compare(shape, kind, renamed(column, bound), value);
  switch (type) {
    case 'COMPARE_EQUAL':
      return both(made('COMPARE_LESSTHANOREQUALTO', 'lo'), made('COMPARE_GREATERTHANOREQUALTO', 'hi'));
    case 'COMPARE_LESSTHAN':
    case 'COMPARE_LESSTHANOREQUALTO':
      return made(type, 'lo');
    default:
      return made(type, 'hi');
  }
}

function compare(shape: Node, type: string, left: Node, right: Node): Node {
  return { class: 'COMPARISON', type, alias: '', query_location: shape.query_location, left, right };
}

function both(...children: readonly Node[]): Node {
  return { class: 'CONJUNCTION', type: 'CONJUNCTION_AND', alias: '', query_location: 0, children };
}

function anyOf(node: Node): Node {
  const [column = {}, ...values] = node.children ?? [];
  if (!isColumn(column) || !values.every(isConstant)) return ALWAYS;
  const children = values.map((value) => comparison(node, 'COMPARE_EQUAL', column, value));
  if (children.length === 1) return children[0]!;
  return { class: 'CONJUNCTION', type: 'CONJUNCTION_OR', alias: '', query_location: 0, children };
}

function between(node: Node): Node {
  const { input = {}, lower = {}, upper = {} } = node;
  if (!isColumn(input) || !isConstant(lower) || !isConstant(upper)) return ALWAYS;
  const above = compare(node, 'COMPARE_GREATERTHANOREQUALTO', renamed(input, 'hi'), lower);
  return both(above, compare(node, 'COMPARE_LESSTHANOREQUALTO', renamed(input, 'lo'), upper));
}

/** The column itself: under a cast the order of values may be another. */
function isColumn(node: Node): boolean {
  return node.class === 'COLUMN_REF';
}

function isConstant(node: Node): boolean {
  return !JSON.stringify(node).includes('"class":"COLUMN_REF"') && !JSON.stringify(node).includes('"class":"SUBQUERY"');
}

function renamed(column: Node, name: string): Node {
  return { ...column, column_names: [name] };
}
