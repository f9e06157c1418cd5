import type { ParserRuleContext, Token } from 'antlr4ng';
import type { Place } from '../ast.ts';
import { SqlError } from '../sql.ts';

/** Where a token stands, counted as Trino counts. */
export function placeOfToken(token: Token): Place {
  return { line: token.line, column: token.column + 1 };
}

export function placeOf(context: ParserRuleContext): Place {
  return placeOfToken(context.start as Token);
}

/** The statement's own text of a part of the tree, with its blanks and comments. */
export function textOf(context: ParserRuleContext): string {
  const { start, stop } = context;
  const input = start?.inputStream;
  if (!start || !stop || !input) return context.getText();
  return input.getText(start.start, stop.stop);
}

export function syntaxError(at: Place, message: string): SqlError {
  return new SqlError('SYNTAX_ERROR', `line ${at.line}:${at.column}: ${message}`, at.line, at.column);
}
