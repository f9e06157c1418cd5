import type { ParserRuleContext } from 'antlr4ng';
import * as trino from 'dt-sql-parser/dist/lib/trino/TrinoSqlParser.js';
import { placehold } from './parameters.ts';
import { codePointOffsets, parseProgram, rules } from './parse.ts';
import { unquoteIdentifier } from './quote.ts';
import { scan } from './tokens.ts';

/** A part of the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A TRY_CAST or a TRY in an expression: what it reads, as text, and for a TRY the columns in it. */
export type Attempt =
  | { readonly kind: 'cast'; readonly source: string; readonly type: string }
  | { readonly kind: 'try'; readonly source: string; readonly columns: readonly string[] };

export interface SelectItem {
  /** Name of the output column; undefined for one without a name. */
  readonly name: string | undefined;
  readonly attempts: readonly Attempt[];
  /** The column that the item passes on as it is: `q` or `t.q`. */
  readonly passes: string | undefined;
}

/** One plain SELECT, whose rows are those of the first relation of its FROM (joins and WHERE aside). */
export interface SelectShape {
  readonly items: readonly SelectItem[];
  /** Where further columns can be put in. */
  readonly insertAt: number;
  readonly source: RowSource;
}

/** Where the rows come from; `alias` is how the SELECT's own text names it, undefined where it has no name. */
export type RowSource =
  | { readonly kind: 'table'; readonly database: string; readonly name: string; readonly alias: string }
  | { readonly kind: 'select'; readonly shape: SelectShape; readonly alias: string | undefined };

/** Why the rows of a text are not those of a source. */
export interface ShapeFault {
  readonly message: string;
  readonly start: number;
}

/**
 * The shape of a text whose output rows are each made of one row of its first table: a plain SELECT, also over CTEs and
 * subqueries that are plain themselves. What groups, unites or drops doubles has none.
 */
export function selectShape(text: string): SelectShape | ShapeFault {
  const offsets = codePointOffsets(text);
  let broken = false;
  const program = parseProgram(placehold(text), () => {
    broken = true;
  });
  const statement = program.statements()[0]?.singleStatement().statement();
  if (broken || !(statement instanceof trino.StatementDefaultContext)) return { message: 'it is no SELECT', start: 0 };
  const query = rules(statement.rootQuery()).find((each) => each instanceof trino.QueryStatementContext);
  const reader: Reader = {
    span: (node) => ({ start: offsets(node.start?.start ?? 0), end: offsets((node.stop?.stop ?? 0) + 1) }),
    text: (node) => withoutComments(text.slice(reader.span(node).start, reader.span(node).end)),
  };
  try {
    if (query === undefined) throw new Unfit('it is no SELECT', statement);
    return queryShape(query, new Map(), reader);
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    return { message: error.message, start: reader.span(error.node).start };
  }
}

class Unfit extends Error {
  readonly node: ParserRuleContext;
  constructor(message: string, node: ParserRuleContext) {
    super(message);
    this.node = node;
  }
}

interface Reader {
  readonly span: (node: ParserRuleContext) => Span;
  readonly text: (node: ParserRuleContext) => string;
}

/** The named queries of WITH, each judged where it is read: one that no row can be followed through may be joined. */
type Ctes = ReadonlyMap<string, () => SelectShape>;

function queryShape(query: trino.QueryStatementContext, outer: Ctes, reader: Reader): SelectShape {
  const clause = query.with();
  const ctes = new Map(outer);
  for (const named of clause?.namedQuery() ?? []) {
    const known: Ctes = new Map(ctes);
    ctes.set(unquoteIdentifier(named.identifier().getText()), () => {
      if (clause?.KW_RECURSIVE()) throw new Unfit('it reads a WITH RECURSIVE', named);
      if (named.columnAliases()) throw new Unfit('a WITH renames its columns in a list', named);
      return queryShape(named.query() as trino.QueryStatementContext, known, reader);
    });
  }
  return termShape(query.queryNoWith(), ctes, reader);
}

function termShape(query: trino.QueryNoWithContext, ctes: Ctes, reader: Reader): SelectShape {
  const term = query.queryTerm();
  if (term instanceof trino.SetOperationContext) {
    throw new Unfit(`it has ${operator(term)}`, term);
  }
  const primary = rules(term)[0];
  if (primary instanceof trino.SubqueryContext) return termShape(primary.queryNoWith(), ctes, reader);
  if (primary instanceof trino.QueryPrimaryDefaultContext) {
    return specificationShape(primary.querySpecification(), ctes, reader);
  }
  throw new Unfit('it reads no table', term);
}

function operator(term: trino.SetOperationContext): string {
  if (term.KW_UNION()) return 'UNION';
  return term.KW_INTERSECT() ? 'INTERSECT' : 'EXCEPT';
}

function specificationShape(select: trino.QuerySpecificationContext, ctes: Ctes, reader: Reader): SelectShape {
  if (select.setQuantifier()?.KW_DISTINCT()) throw new Unfit('it has DISTINCT', select);
  const grouped = select.groupBy() ?? select.havingClause();
  if (grouped) throw new Unfit(select.groupBy() ? 'it has GROUP BY' : 'it has HAVING', grouped);
  const [first] = select.relation();
  if (first === undefined) throw new Unfit('it reads no table', select);
  const list = select.selectList();
  const items = list.selectItem().map((item) => itemShape(item, reader));
  return { items, insertAt: reader.span(list).end, source: sourceOf(first, ctes, reader) };
}

function itemShape(item: trino.SelectItemContext, reader: Reader): SelectItem {
  if (item.tableAllColumns() || item.selectAllWithoutTable()) throw new Unfit('it has *', item);
  const expression = item.selectLiteralColumnName() ?? item.selectExpressionColumnName() ?? item;
  const chain = /^(?:(?:\w+|"[^"]+")\s*\.\s*)?(\w+|"[^"]+")$/.exec(reader.text(expression).trim());
  const passes = chain === null ? undefined : unquoteIdentifier(chain[1]!);
  const alias = item.identifier();
  const name = alias ? unquoteIdentifier(alias.getText()) : passes;
  const attempts: Attempt[] = [];
  collect(expression, attempts, reader);
  return { name, attempts, passes };
}

/** The attempts of an expression; those in lambdas and subqueries are not about the row. */
function collect(node: ParserRuleContext, found: Attempt[], reader: Reader): void {
  if (node instanceof trino.QueryStatementContext || node instanceof trino.LambdaContext) return;
  if (node instanceof trino.CastContext && node.KW_TRY_CAST()) {
    found.push({ kind: 'cast', source: reader.text(node.expression()), type: reader.text(node.type()) });
  }
  if (node instanceof trino.FunctionCallContext && /^try$/i.test(node.functionName().getText())) {
    const [argument] = node.expression();
    const columns = argument === undefined ? [] : [...new Set(columnsIn(argument).map(reader.text))];
    if (argument !== undefined && columns.length > 0) {
      found.push({ kind: 'try', source: reader.text(argument), columns });
    }
  }
  for (const child of rules(node)) collect(child, found, reader);
}

function columnsIn(node: ParserRuleContext): readonly ParserRuleContext[] {
  if (node instanceof trino.QueryStatementContext || node instanceof trino.LambdaContext) return [];
  if (node instanceof trino.ColumnReferenceContext || node instanceof trino.DereferenceContext) return [node];
  return rules(node).flatMap(columnsIn);
}

/** The first relation of a FROM. */
function sourceOf(relation: ParserRuleContext, ctes: Ctes, reader: Reader): RowSource {
  if (relation instanceof trino.JoinRelationContext) return sourceOf(relation.relation(0)!, ctes, reader);
  if (relation instanceof trino.AliasedRelationContext) {
    const renamed = relation.columnAliases();
    if (renamed) throw new Unfit('its first table is renamed with a list of columns', renamed);
    return primaryOf(relation.relationPrimary(), relation.identifier()?.getText(), ctes, reader);
  }
  const inner = rules(relation)[0];
  if (inner === undefined) throw new Unfit('it reads no table', relation);
  return sourceOf(inner, ctes, reader);
}

function primaryOf(primary: ParserRuleContext, alias: string | undefined, ctes: Ctes, reader: Reader): RowSource {
  if (primary instanceof trino.ParenthesizedRelationContext && alias === undefined) {
    return sourceOf(primary.relation(), ctes, reader);
  }
  if (primary instanceof trino.TableNameContext) {
    const parts =
      primary
        .tableOrViewName()
        .getText()
        .match(/"(?:[^"]|"")*"|[^."]+/g) ?? [];
    const name = parts.at(-1) ?? '';
    const cte = parts.length === 1 ? ctes.get(unquoteIdentifier(name)) : undefined;
    if (cte) return { kind: 'select', shape: cte(), alias: alias ?? name };
    const database = unquoteIdentifier(parts.at(-2) ?? '');
    return { kind: 'table', database, name: unquoteIdentifier(name), alias: alias ?? name };
  }
  const nested = rules(primary)[0];
  if (nested instanceof trino.SubqueryRelationContext) {
    return { kind: 'select', shape: queryShape(nested.query() as trino.QueryStatementContext, ctes, reader), alias };
  }
  throw new Unfit('its first relation is no table', primary);
}

/** The text can stand on one line. */
function withoutComments(text: string): string {
  return scan(text)
    .map((token) => (token.kind === 'comment' || token.kind === 'space' ? ' ' : token.text))
    .join('');
}
