export { caret } from './caret.ts';
export { type CastProbe, castProbe, probeQuery } from './casts.ts';
export { normalForm } from './normal-form.ts';
export { type Bindings, findParameters, type Parameter, type ParameterName, substitute } from './parameters.ts';
export {
  type NamePart,
  type ParsedSelect,
  parseSelect,
  type SqlError,
  type StatementKind,
  type TableReference,
  tableReferences,
} from './parse.ts';
export { quoteIdentifier, quoteRelation, quoteString, unquoteIdentifier } from './quote.ts';
export { replaceTable, withColumn } from './restrict.ts';
export { rewriteDatabases } from './rewrite.ts';
export {
  type Attempt,
  type RowSource,
  type SelectItem,
  type SelectShape,
  type ShapeFault,
  selectShape,
} from './select-shape.ts';
export { type Position, positionAt, scan, significant, type Token, type TokenKind } from './tokens.ts';
