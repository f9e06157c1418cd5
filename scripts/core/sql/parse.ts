import {
  BaseErrorListener,
  CharStreams,
  CommonTokenStream,
  type ParserRuleContext,
  PredictionMode,
  type Token,
} from 'antlr4ng';
import { TrinoSqlLexer } from 'dt-sql-parser/dist/lib/trino/TrinoSqlLexer.js';
import * as trino from 'dt-sql-parser/dist/lib/trino/TrinoSqlParser.js';
import { findParameters, type Parameter, placehold } from './parameters.ts';
import { rememberMerges } from './prediction.ts';
import { unquoteIdentifier } from './quote.ts';
import { type Position, positionAt, unclosed } from './tokens.ts';

rememberMerges();

const END = -1;

/** A syntax error, at a place counted from 1 in the text that was parsed. */
export interface SqlError extends Position {
  readonly message: string;
  readonly start: number;
}

/** A name in the text: what it means (lower case, unquoted) and where it stands. */
export interface NamePart {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** A table or view that a statement reads. */
export interface TableReference extends Position {
  readonly catalog: NamePart | undefined;
  readonly database: string | undefined;
  readonly name: string;
  readonly isCte: boolean;
  /** Where the database's name stands, for rewriting. */
  readonly databasePart: NamePart | undefined;
  readonly start: number;
  readonly end: number;
}

/** select: a query; show: SHOW, DESCRIBE, EXPLAIN; other: everything that changes something. */
export type StatementKind = 'select' | 'show' | 'other';

export interface ParsedSelect {
  readonly ok: boolean;
  /** The first error of each statement; what follows it is only noise. */
  readonly errors: readonly SqlError[];
  readonly statementCount: number;
  readonly kind: StatementKind;
  /** In order of their place in the text. */
  readonly tables: readonly TableReference[];
  /** Database names outside of table names: `db.table.column`, SHOW TABLES IN db. */
  readonly databaseParts: readonly NamePart[];
  readonly parameters: readonly Parameter[];
  /** Names of the result's columns, undefined for one without a name; undefined in all where `*` hides them. */
  readonly outputNames: readonly (string | undefined)[] | undefined;
  /** The text without a semicolon at its end: what Athena is sent. */
  readonly text: string;
}

/** The same few texts are looked at again and again (references, rewriting, output names); parsing is what costs. */
const known = new Map<string, ParsedSelect>();
const MOST_KNOWN = 500;

/** Parses one SQL text (a SELECT as definitions hold it, parameters included) with Trino's grammar. */
export function parseSelect(text: string): ParsedSelect {
  const found = known.get(text);
  if (found) return found;
  if (known.size >= MOST_KNOWN) known.clear();
  const parsed = parse(text);
  known.set(text, parsed);
  return parsed;
}

function parse(text: string): ParsedSelect {
  const offsets = codePointOffsets(text);
  const errors: SqlError[] = [];
  const open = unclosed(text);
  if (open) errors.push({ message: open.message, start: open.start, ...positionAt(text, open.start) });
  const program = parseProgram(placehold(text), (message, codePoint) => {
    const start = offsets(codePoint);
    errors.push({ message, start, ...positionAt(text, start) });
  });
  const statements = program.statements().map((each) => each.singleStatement());
  const parameters = findParameters(text);
  const isParameter = (start: number): boolean => parameters.some((parameter) => parameter.start === start);
  const found: Found = { tables: [], schemas: [], chains: [] };
  if (errors.length === 0) for (const statement of statements) walk(statement, [], found);
  const tables = found.tables
    .map((table) => reference(table, text, offsets))
    .filter((table) => !isParameter(table.start))
    .toSorted((a, b) => a.start - b.start);
  return {
    ok: errors.length === 0 && statements.length === 1,
    errors: errors.slice(0, 1),
    statementCount: statements.length,
    kind: kindOf(statements[0]?.statement()),
    tables,
    databaseParts: looseDatabases(found, tables, offsets),
    parameters,
    outputNames: errors.length === 0 ? outputNames(statements[0]?.statement()) : undefined,
    text: text.replace(/[\s;]+$/, ''),
  };
}

/** The qualified tables and views that a text reads, each once, in order of first mention. CTEs are none. */
export function tableReferences(text: string): readonly { readonly database: string; readonly name: string }[] {
  const seen = new Map<string, { readonly database: string; readonly name: string }>();
  for (const { database, name } of parseSelect(text).tables) {
    if (database !== undefined) seen.set(JSON.stringify([database, name]), { database, name });
  }
  return [...new Map(seen).values()];
}

interface FoundTable {
  readonly parts: readonly ParserRuleContext[];
  readonly isCte: boolean;
}

interface Found {
  readonly tables: FoundTable[];
  readonly schemas: ParserRuleContext[];
  readonly chains: (readonly ParserRuleContext[])[];
}

export /** The quicker way to predict is right wherever it finds no error; only then the slower one is asked, which is always right. */
function parseProgram(text: string, report: Report): trino.ProgramContext {
  let isWrong = false;
  const quick = parseBy(PredictionMode.SLL, text, () => {
    isWrong = true;
  });
  return isWrong ? parseBy(PredictionMode.LL, text, report) : quick;
}

type Report = (message: string, codePoint: number) => void;

function parseBy(mode: number, text: string, report: Report): trino.ProgramContext {
  const listener = new (class extends BaseErrorListener {
    override syntaxError(...args: Parameters<BaseErrorListener['syntaxError']>): void {
      const [, offending, line, column, message] = args;
      const start = (offending as Token | null)?.start ?? offsetOf(text, line, column);
      report(readable(message, offending as Token | null), start);
    }
  })();
  const lexer = new TrinoSqlLexer(CharStreams.fromString(text));
  lexer.removeErrorListeners();
  lexer.addErrorListener(listener);
  const parser = new trino.TrinoSqlParser(new CommonTokenStream(lexer));
  parser.interpreter.predictionMode = mode;
  parser.removeErrorListeners();
  parser.addErrorListener(listener);
  return parser.program();
}

/** The grammar library lists every token that could have come next, hundreds of them; a few at most help. */
function readable(message: string, offending: Token | null): string {
  if (!offending) return message.replace(/^token recognition error at: /, 'cannot read ');
  const found = offending.type === END ? 'the end of the text' : `'${offending.text}'`;
  if (/failed predicate/.test(message)) return `a column or expression is missing before ${found}`;
  if (/^missing /.test(message)) return message.replace(/ at '.*$/s, ` before ${found}`);
  const expected = /expecting (?:\{(.*)\}|(.*))$/s.exec(message);
  const names = (expected?.[1] ?? expected?.[2])?.split(', ') ?? [];
  return `unexpected ${found}${names.length > 0 && names.length <= 6 ? `, expected ${names.join(' or ')}` : ''}`;
}

function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n').slice(0, line - 1);
  return lines.reduce((sum, each) => sum + [...each].length + 1, 0) + column;
}

/** The grammar counts code points, JavaScript UTF-16 units. */
export function codePointOffsets(text: string): (codePoint: number) => number {
  if (!/[\u{10000}-\u{10ffff}]/u.test(text)) return (codePoint) => codePoint;
  const offsets: number[] = [];
  for (let offset = 0; offset < text.length; offset += text.codePointAt(offset)! > 0xffff ? 2 : 1) offsets.push(offset);
  return (codePoint) => offsets[codePoint] ?? text.length;
}

/** Collects names; `ctes` are the names that WITH clauses around the node have made. */
function walk(node: ParserRuleContext, ctes: readonly string[], found: Found): void {
  if (node instanceof trino.TableRefContext || node instanceof trino.ViewRefContext) {
    const parts = identifiers(node);
    found.tables.push({ parts, isCte: parts.length === 1 && ctes.includes(unquoteIdentifier(parts[0]!.getText())) });
  } else if (node instanceof trino.SchemaRefContext) {
    const schema = identifiers(node).at(-1);
    if (schema) found.schemas.push(schema);
  } else if (node instanceof trino.QualifiedNameContext) {
    found.chains.push(identifiers(node));
  } else if (node instanceof trino.QueryStatementContext) {
    walkQuery(node, ctes, found);
  } else {
    for (const child of rules(node)) walk(child, ctes, found);
  }
}

/** A name made by WITH is known to the queries that come after it in the clause (to itself if RECURSIVE) and below. */
function walkQuery(query: trino.QueryStatementContext, outer: readonly string[], found: Found): void {
  const clause = query.with();
  let ctes = outer;
  for (const named of clause?.namedQuery() ?? []) {
    const more = [...ctes, unquoteIdentifier(named.identifier().getText())];
    walk(named.query(), clause?.KW_RECURSIVE() ? more : ctes, found);
    ctes = more;
  }
  walk(query.queryNoWith(), ctes, found);
}

export function rules(node: ParserRuleContext): readonly ParserRuleContext[] {
  return (node.children ?? []).filter((child): child is ParserRuleContext => 'ruleIndex' in child);
}

function identifiers(node: ParserRuleContext): readonly ParserRuleContext[] {
  return rules(node).filter((child) => child instanceof trino.IdentifierContext);
}

function part(node: ParserRuleContext, offsets: (codePoint: number) => number): NamePart {
  const start = offsets(node.start?.start ?? 0);
  return { name: unquoteIdentifier(node.getText()), start, end: offsets((node.stop?.stop ?? 0) + 1) };
}

function reference(table: FoundTable, text: string, offsets: (codePoint: number) => number): TableReference {
  const parts = table.parts.map((each) => part(each, offsets));
  const [name, databasePart, catalog] = parts.toReversed() as [NamePart, NamePart?, NamePart?];
  return {
    catalog,
    database: databasePart?.name,
    name: name.name,
    isCte: table.isCte,
    databasePart,
    start: parts[0]!.start,
    end: name.end,
    ...positionAt(text, parts[0]!.start),
  };
}

/** Names of databases elsewhere: in SHOW, and before a column (`db.table.column`) of a table that the text reads. */
function looseDatabases(
  found: Found,
  tables: readonly TableReference[],
  offsets: (codePoint: number) => number,
): readonly NamePart[] {
  const read = new Set(tables.map((table) => JSON.stringify([table.database, table.name])));
  const chains = found.chains.flatMap((chain) => {
    const [first, second] = chain.map((each) => part(each, offsets));
    return first && second && read.has(JSON.stringify([first.name, second.name])) ? [first] : [];
  });
  return [...found.schemas.map((each) => part(each, offsets)), ...chains];
}

function kindOf(statement: trino.StatementContext | undefined): StatementKind {
  if (statement instanceof trino.StatementDefaultContext) return 'select';
  const first = statement?.start?.text?.toLowerCase() ?? '';
  const analyze = statement instanceof trino.ExplainAnalyzeContext;
  if (first === 'explain' && !analyze) return 'show';
  return first === 'show' || first === 'describe' || first === 'desc' ? 'show' : 'other';
}

function outputNames(statement: trino.StatementContext | undefined): readonly (string | undefined)[] | undefined {
  const list = firstSelectList(statement);
  const items = list?.selectItem();
  if (!items || items.some((item) => item.tableAllColumns() || item.selectAllWithoutTable())) return undefined;
  return items.map((item) => {
    const alias = item.identifier();
    if (alias) return unquoteIdentifier(alias.getText());
    const chain = item.selectLiteralColumnName()?.columnRef().qualifiedName()?.identifier().at(-1);
    const field = chain ?? lastField(item);
    return field && unquoteIdentifier(field.getText());
  });
}

/** The name of a column is that of the last field where the expression is a plain chain `a.b.c`. */
function lastField(item: ParserRuleContext): ParserRuleContext | undefined {
  let node: ParserRuleContext = item;
  while (node.children?.length === 1 && rules(node).length === 1) node = rules(node)[0]!;
  if (node instanceof trino.DereferenceContext) return node.identifier();
  return node instanceof trino.IdentifierContext ? node : identifiers(node).length ? chainEnd(node) : undefined;
}

function chainEnd(node: ParserRuleContext): ParserRuleContext | undefined {
  return node instanceof trino.QualifiedNameContext ? identifiers(node).at(-1) : undefined;
}

/** The select list that names a query's columns: the left-most one of a UNION, the inner one of parentheses. */
function firstSelectList(node: ParserRuleContext | undefined): trino.SelectListContext | undefined {
  if (!node || node instanceof trino.WithContext) return undefined;
  if (node instanceof trino.SelectListContext) return node;
  for (const child of rules(node)) {
    const list = firstSelectList(child);
    if (list) return list;
  }
  return undefined;
}
