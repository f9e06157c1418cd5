import type { ParserRuleContext } from 'antlr4ng';
import {
  BackQuotedIdentifierContext,
  DigitIdentifierContext,
  type IdentifierContext,
  type QualifiedNameContext,
  QuotedIdentifierContext,
  type StringContext,
  UnicodeStringLiteralContext,
} from 'dt-sql-parser/dist/lib/trino/TrinoSqlParser.js';
import type { Expression, Identifier, QualifiedName, TypeName } from '../ast.ts';
import { placeOf, syntaxError, textOf } from './place.ts';

export function identifier(context: IdentifierContext): Identifier {
  const at = placeOf(context);
  const text = context.getText();
  if (context instanceof QuotedIdentifierContext) {
    const name = text.slice(1, -1).replaceAll('""', '"');
    if (name === '') throw syntaxError(at, 'Zero-length delimited identifier not allowed');
    return { kind: 'identifier', name, quoted: true, at };
  }
  if (context instanceof BackQuotedIdentifierContext) {
    throw syntaxError(at, 'backquoted identifiers are not supported; use double quotes to quote identifiers');
  }
  if (context instanceof DigitIdentifierContext) {
    throw syntaxError(at, 'identifiers must not start with a digit; surround the identifier with double quotes');
  }
  return { kind: 'identifier', name: text, quoted: false, at };
}

export function qualifiedName(context: ParserRuleContext, parts: readonly IdentifierContext[]): QualifiedName {
  return { parts: parts.map(identifier), at: placeOf(context) };
}

/** `a.b.c` as an expression: a name whose meaning only the scope can tell. */
export function reference(context: QualifiedNameContext): Expression {
  const at = placeOf(context);
  const [first, ...rest] = context.identifier().map(identifier);
  if (!first) throw syntaxError(at, "mismatched input ''. Expecting: <identifier>");
  return rest.reduce<Expression>((base, field) => ({ kind: 'dereference', base, field, at }), first);
}

/** The value of a string literal, `U&'...'` included. */
export function string(context: StringContext): string {
  if (context instanceof UnicodeStringLiteralContext) return unicode(context);
  return unquote(context.getText());
}

export function unquote(text: string): string {
  return text.slice(1, -1).replaceAll("''", "'");
}

function unicode(context: UnicodeStringLiteralContext): string {
  const at = placeOf(context);
  const given = context.STRING()?.getText();
  const mark = given === undefined ? '\\' : unquote(given);
  if ([...mark].length !== 1) throw syntaxError(at, 'Empty Unicode escape character');
  if (/[0-9a-fA-F+'" ]/.test(mark)) throw syntaxError(at, 'Invalid Unicode escape character');
  const text = unquote(context.UNICODE_STRING().getText().slice(2));
  let result = '';
  for (let i = 0; i < text.length; ) {
    const rest = text.slice(i);
    const match = /^(?:\+([0-9a-fA-F]{6})|([0-9a-fA-F]{4}))/.exec(rest.slice(1));
    if (!rest.startsWith(mark)) {
      result += rest[0];
      i += 1;
    } else if (rest[1] === mark) {
      result += mark;
      i += 2;
    } else if (match) {
      result += String.fromCodePoint(Number.parseInt(match[1] ?? match[2] ?? '', 16));
      i += 1 + match[0].length;
    } else {
      throw syntaxError(at, 'Incomplete escape sequence');
    }
  }
  return result;
}

export function typeName(context: ParserRuleContext): TypeName {
  return { text: textOf(context), at: placeOf(context) };
}
