import type { ResultColumn } from '../athena/engine.ts';
import { athenaType } from '../sql/types/index.ts';
import type { Type } from '../sql/types.ts';

const PRECISIONS: Readonly<Record<string, number>> = {
  tinyint: 3,
  smallint: 5,
  integer: 10,
  bigint: 19,
  real: 17,
  double: 17,
};

/** A column of a result as GetQueryResults describes it. */
export function resultColumn(column: { readonly name: string; readonly type: Type }): ResultColumn {
  const { name, type } = column;
  const caseSensitive = type.kind === 'varchar' || type.kind === 'char';
  return { name, type: typeName(type), ...sizes(type), caseSensitive };
}

/** The name alone: sizes and element types have fields of their own, or none. */
function typeName(type: Type): string {
  switch (type.kind) {
    case 'decimal':
    case 'varchar':
    case 'char':
    case 'array':
    case 'map':
    case 'row':
      return type.kind;
    case 'time':
    case 'timestamp':
      return type.zone ? `${type.kind} with time zone` : type.kind;
    default:
      return athenaType(type);
  }
}

function sizes(type: Type): { precision?: number; scale?: number } {
  if (type.kind === 'decimal') return { precision: type.precision, scale: type.scale };
  if (type.kind === 'varchar') return { precision: type.length ?? 2_147_483_647 };
  if (type.kind === 'char') return { precision: type.length };
  if (type.kind === 'varbinary') return { precision: 1_073_741_824 };
  if (type.kind === 'timestamp' || type.kind === 'time') return { precision: type.precision };
  const precision = PRECISIONS[type.kind];
  return precision === undefined ? {} : { precision };
}
