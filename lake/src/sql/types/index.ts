export type { Type } from '../types.ts';
export { asDecimal, canCoerce, commonSuperType, comparable, isFloat, orderable, sameType } from './coercion.ts';
export { athenaType, displayType, hiveType, typeofText, typeSignature } from './display.ts';
export { parseHiveType, parseTrinoType, parseType } from './parse.ts';
export { duckdbType, fieldKeys, quoteName, quoteText } from './storage.ts';
