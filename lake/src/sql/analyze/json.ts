import type { Of } from '../ast.ts';
import type { Context, Typed } from './context.ts';
import { notSupported } from './refuse.ts';

export function jsonExists(node: Of<'json-exists'>, _context: Context): Typed {
  throw notSupported('JSON_EXISTS', node.at);
}
export function jsonValue(node: Of<'json-value'>, _context: Context): Typed {
  throw notSupported('JSON_VALUE', node.at);
}
export function jsonQuery(node: Of<'json-query'>, _context: Context): Typed {
  throw notSupported('JSON_QUERY', node.at);
}
export function jsonObject(node: Of<'json-object'>, _context: Context): Typed {
  throw notSupported('JSON_OBJECT', node.at);
}
export function jsonArray(node: Of<'json-array'>, _context: Context): Typed {
  throw notSupported('JSON_ARRAY', node.at);
}
