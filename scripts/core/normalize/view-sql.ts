import { BaseErrorListener, CharStreams, CommonTokenStream, ParserRuleContext, type ParseTree } from 'antlr4ng';
import { TrinoSqlLexer } from 'dt-sql-parser/dist/lib/trino/TrinoSqlLexer.js';
import * as trino from 'dt-sql-parser/dist/lib/trino/TrinoSqlParser.js';
import { remembered } from '../model/remembered.ts';
import { normalForm, unquoteIdentifier } from '../sql/index.ts';
import { contentHash } from './state.ts';

/**
 * Athena keeps a view's SELECT as its own formatter prints it: AS goes, parentheses come, `a || b` becomes concat(a, b).
 * So texts are compared by their syntax tree, with what the formatter adds or drops taken out.
 */
export const sayingOf = remembered((sql: string): string => contentHash(saying(sql) ?? normalForm(sql)));

/** The tree of a statement as text, or undefined where it does not parse. */
export function saying(sql: string): string | undefined {
  let broken = false;
  const listener = new (class extends BaseErrorListener {
    override syntaxError(): void {
      broken = true;
    }
  })();
  const lexer = new TrinoSqlLexer(CharStreams.fromString(sql));
  const parser = new trino.TrinoSqlParser(new CommonTokenStream(lexer));
  for (const each of [lexer, parser]) {
    each.removeErrorListeners();
    each.addErrorListener(listener);
  }
  const program = parser.program();
  return broken ? undefined : say(program);
}

const NOISE = new Set(['as', 'inner', 'outer', 'asc', ';', '<EOF>']);

function say(node: ParseTree): string {
  if (!(node instanceof ParserRuleContext)) return sayToken(node.getText());
  if (BRACKETED.some((kind) => node instanceof kind)) return say(childrenOf(node)[1]!);
  if (node instanceof trino.ConcatenationContext) return sayConcatenation(node);
  if (node instanceof trino.AndContext || node instanceof trino.OrContext) return group(chain(node, node.constructor));
  if (node instanceof trino.PredicatedContext) return sayPredicate(node);
  // `v -> v + 1` and `(v) -> v + 1` are one.
  const parts = childrenOf(node).map(say);
  return group(node instanceof trino.LambdaContext ? parts.filter((part) => part !== '(' && part !== ')') : parts);
}

/** Brackets that only group: the tree says as much. */
const BRACKETED = [
  trino.ParenthesizedExpressionContext,
  trino.ParenthesizedRelationContext,
  trino.SubqueryContext,
] as const;

function group(parts: readonly string[]): string {
  const kept = parts.filter((part) => part !== '');
  return kept.length === 1 ? kept[0]! : kept.length === 0 ? '' : `(${kept.join(' ')})`;
}

function sayToken(text: string): string {
  if (text.startsWith("'")) return text;
  if (/^(\d+\.\d*|\.\d+)$/.test(text)) return `(decimal '${text}')`;
  const lower = unquoteIdentifier(text);
  if (NOISE.has(lower) || NOISE.has(text)) return '';
  return lower === '!=' ? '<>' : lower;
}

/** `(a AND b) AND c` and `a AND (b AND c)` are one chain. */
function chain(node: ParserRuleContext, kind: unknown): readonly string[] {
  return childrenOf(node).flatMap((child) => {
    const inner = bare(child);
    return inner instanceof ParserRuleContext && inner.constructor === kind ? chain(inner, kind) : [say(child)];
  });
}

/** What is left when single children and parentheses around an expression are looked through. */
function bare(node: ParseTree): ParseTree {
  if (!(node instanceof ParserRuleContext)) return node;
  if (node instanceof trino.ParenthesizedExpressionContext) return bare(childrenOf(node)[1]!);
  return childrenOf(node).length === 1 ? bare(childrenOf(node)[0]!) : node;
}

/** The grammar's shape of `concat(a, b)`. */
function sayConcatenation(node: trino.ConcatenationContext): string {
  const [left, , right] = childrenOf(node);
  return group(['concat', '(', say(left!), ',', say(right!), ')']);
}

/** `x NOT IN (...)` is printed as `NOT (x IN (...))`; IS NOT NULL stays. */
function sayPredicate(node: trino.PredicatedContext): string {
  const [value, predicate] = childrenOf(node);
  if (!(predicate instanceof ParserRuleContext)) return group(childrenOf(node).map(say));
  const parts = childrenOf(predicate).map(say);
  if (parts[0] !== 'not') return group([say(value!), ...parts]);
  return group(['not', group([say(value!), ...parts.slice(1)])]);
}

function childrenOf(node: ParserRuleContext): readonly ParseTree[] {
  return node.children ?? [];
}
