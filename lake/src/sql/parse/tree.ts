import {
  type ATNSimulator,
  BailErrorStrategy,
  BaseErrorListener,
  CharStreams,
  CommonTokenStream,
  type Parser,
  type ParserRuleContext,
  PredictionMode,
  type RecognitionException,
  type Recognizer,
  Token,
} from 'antlr4ng';
import { TrinoSqlLexer } from 'dt-sql-parser/dist/lib/trino/TrinoSqlLexer.js';
import { TrinoSqlParser } from 'dt-sql-parser/dist/lib/trino/TrinoSqlParser.js';
import { SqlError } from '../sql.ts';
import { placeOfToken, syntaxError } from './place.ts';
import { rememberMerges } from './prediction.ts';

rememberMerges();

function refusal(parser: Parser, offending: Token | null): SqlError {
  const token = offending ?? parser.getCurrentToken();
  return syntaxError(placeOfToken(token), `mismatched input '${token.text ?? ''}'. Expecting: ${expected(parser)}`);
}

/**
 * The first error ends the parse: what follows it is guesswork. ANTLR's own report is not asked for: it computes the
 * expected tokens in a way that damages what it remembers of the grammar, and later statements with it.
 */
class FirstError extends BailErrorStrategy {
  override reportError(): void {}
  override recover(parser: Parser, error: RecognitionException): void {
    throw refusal(parser, error.offendingToken);
  }
  override recoverInline(parser: Parser): never {
    throw refusal(parser, parser.getCurrentToken());
  }
}

class LexerErrors extends BaseErrorListener {
  override syntaxError<S extends Token, T extends ATNSimulator>(
    _recognizer: Recognizer<T>,
    _offending: S | null,
    line: number,
    column: number,
    message: string,
  ): void {
    throw syntaxError({ line, column: column + 1 }, message);
  }
}

/** Token types that may follow, gathered without touching what the grammar keeps. */
function expectedTypes(parser: Parser): Set<number> {
  const types = new Set<number>();
  let state = parser.atn.states[parser.state];
  let context: ParserRuleContext | null = parser.context;
  while (state) {
    const following = parser.atn.nextTokens(state).toArray();
    for (const type of following) if (type !== Token.EPSILON) types.add(type);
    if (!following.includes(Token.EPSILON)) break;
    const invoking: number = context?.invokingState ?? -1;
    state = (
      invoking < 0
        ? undefined
        : (parser.atn.states[invoking]?.transitions[0] as { followState?: typeof state } | undefined)
    )?.followState;
    context = context?.parent ?? null;
    if (!state) types.add(Token.EOF);
  }
  return types;
}

function tokenName(type: number): string {
  if (type === Token.EOF) return '<EOF>';
  if (type === TrinoSqlParser.IDENTIFIER || type === TrinoSqlParser.QUOTED_IDENTIFIER) return '<identifier>';
  const literal = TrinoSqlParser.literalNames[type];
  return literal ?? TrinoSqlParser.symbolicNames[type]?.replace(/^KW_(.*)$/, "'$1'") ?? String(type);
}

/** Words that may serve as names stand for themselves in the grammar; where a name may come, they are left out. */
function expected(parser: Parser): string {
  let names = [...expectedTypes(parser)].map(tokenName);
  if (names.includes("'ALTER'")) return names.includes('<EOF>') ? '<EOF>' : '<statement>';
  if (names.includes("'CASE'") && names.includes('<identifier>')) return '<expression>';
  if (names.includes('<identifier>')) names = names.filter((name) => !/^'?[A-Z0-9_]+'?$/.test(name));
  return [...new Set(names)].sort().join(', ') || '<EOF>';
}

/** As Trino says it. */
export const TOO_LARGE = 'Statement is too large (stack overflow while parsing)';

const strategy = new FirstError();
const lexerErrors = new LexerErrors();

/** The position of each `?` among those of its statement. */
export const parameters = new WeakMap<Token, number>();

/**
 * Parses by one rule of the grammar and nothing behind it. (The grammar's own rule for a whole text needs no semicolon
 * between statements and so reads `> ALL (SELECT 1)` as two of them.)
 */
export function tree<T extends ParserRuleContext>(sql: string, rule: (parser: TrinoSqlParser) => T): T {
  const lexer = new TrinoSqlLexer(CharStreams.fromString(sql));
  lexer.removeErrorListeners();
  lexer.addErrorListener(lexerErrors);
  const stream = new CommonTokenStream(lexer);
  stream.fill();
  let count = 0;
  for (const token of stream.getTokens()) {
    if (token.type === TrinoSqlLexer.QUESTION_MARK) parameters.set(token, count++);
  }
  refuseDeep(stream.getTokens());
  const parser = new TrinoSqlParser(stream);
  parser.removeErrorListeners();
  parser.errorHandler = strategy;
  parser.interpreter.predictionMode = PredictionMode.SLL;
  try {
    return whole(parser, rule);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
  }
  // The fast prediction refuses some good statements: only what the full one refuses too is wrong.
  parser.reset();
  parser.interpreter.predictionMode = PredictionMode.LL;
  return whole(parser, rule);
}

/** At each bracket ANTLR looks ahead to its end: the time grows with the square of the depth, and nobody is served. */
const DEEPEST = 300;

function refuseDeep(tokens: readonly Token[]): void {
  let depth = 0;
  for (const { text } of tokens) {
    if (text === '(' || text === '[') depth++;
    if (text === ')' || text === ']') depth--;
    if (depth > DEEPEST) throw new SqlError('STACK_OVERFLOW', TOO_LARGE);
  }
}

function whole<T extends ParserRuleContext>(parser: TrinoSqlParser, rule: (parser: TrinoSqlParser) => T): T {
  const result = rule(parser);
  if (parser.getCurrentToken().type !== Token.EOF) throw refusal(parser, null);
  return result;
}

/** All tokens of a text that are not blanks or comments, for the statements that the grammar lacks. */
export function tokens(sql: string): Token[] {
  const lexer = new TrinoSqlLexer(CharStreams.fromString(sql));
  lexer.removeErrorListeners();
  return lexer.getAllTokens().filter((token) => token.channel === 0);
}
