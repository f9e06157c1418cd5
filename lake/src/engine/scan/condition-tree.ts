import { quoteText } from '../../sql/types/index.ts';
import type { Connection } from '../session.ts';

/** A node of DuckDB's own syntax tree, as json_serialize_sql gives it. */
export interface Node {
  readonly class?: string;
  readonly type?: string;
  readonly left?: Node;
  readonly right?: Node;
  readonly child?: Node;
  readonly input?: Node;
  readonly lower?: Node;
  readonly upper?: Node;
  readonly children?: readonly Node[];
  readonly column_names?: readonly string[];
  readonly [other: string]: unknown;
}

export interface ConditionTree {
  readonly root: Node;
  /** The text of another condition in its place; undefined where DuckDB gives none. */
  textOf(root: Node): Promise<string | undefined>;
}

/** The tree of a DuckDB condition; undefined where it can't be had. */
export async function conditionTree(condition: string, connection: Connection): Promise<ConditionTree | undefined> {
  const select = quoteText(`SELECT 1 FROM t WHERE ${condition}`);
  const written = await connection.read(`SELECT json_serialize_sql(${select})`);
  // Places are of no use here, and an unknown one is a number too large for JavaScript.
  const json = String(written.getRowsJson()[0]?.[0] ?? '{}').replace(/"query_location":\d+/g, '"query_location":0');
  const tree = JSON.parse(json) as { error?: boolean; statements?: { node?: { where_clause?: Node } }[] };
  const node = tree.statements?.[0]?.node;
  if (tree.error === true || node?.where_clause === undefined) return undefined;
  return {
    root: node.where_clause,
    async textOf(root) {
      const other = { ...tree, statements: [{ ...tree.statements?.[0], node: { ...node, where_clause: root } }] };
      const read = await connection.read(`SELECT json_deserialize_sql(${quoteText(JSON.stringify(other))})`);
      const text = String(read.getRowsJson()[0]?.[0] ?? '');
      const at = text.indexOf(' WHERE ');
      return at < 0 ? undefined : text.slice(at + ' WHERE '.length);
    },
  };
}
