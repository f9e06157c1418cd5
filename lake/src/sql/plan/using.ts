import { coerce } from '../analyze/context.ts';
import { compare } from '../analyze/expressions.ts';
import { refuse } from '../analyze/refuse.ts';
import { type Field, field, resolve } from '../analyze/scope.ts';
import type { Identifier } from '../ast.ts';
import { commonSuperType, displayType, sameType } from '../types/index.ts';
import type { RelationPlan } from './relation.ts';

type Type = 'inner' | 'left' | 'right' | 'full';

/** JOIN ... USING: the columns once, first, and without a table's name. */
export function usingJoin(
  columns: readonly Identifier[],
  type: Type,
  left: RelationPlan,
  right: RelationPlan,
  at: Identifier['at'],
): { readonly on: string; readonly fields: readonly Field[] } {
  const pairs = columns.map((column) => ({
    left: side(column, left, 'left', at),
    right: side(column, right, 'right', at),
    column,
  }));
  const tests = pairs.map((pair) => {
    if (!commonSuperType(pair.left.type, pair.right.type)) {
      const message = `Column types of left and right sides for "${pair.column.name}" are not compatible: ${displayType(pair.left.type)} vs ${displayType(pair.right.type)}`;
      throw refuse('TYPE_MISMATCH', pair.column.at, message);
    }
    return compare('=', pair.left, pair.right, pair.column.at).sql;
  });
  const joined = pairs.map((pair) => merged(pair.left, pair.right, type));
  const gone = new Set(pairs.flatMap((pair) => [pair.left, pair.right]));
  const rest = [...left.fields, ...right.fields].filter((each) => !gone.has(each));
  return { on: tests.join(' AND '), fields: [...joined, ...rest] };
}

function side(column: Identifier, plan: RelationPlan, word: string, at: Identifier['at']): Field {
  const resolved = resolve({ fields: plan.fields, parent: undefined }, [column], column.at);
  if (!resolved) throw refuse('COLUMN_NOT_FOUND', at, `Column '${column.name}' is missing from ${word} side of join`);
  return resolved.field;
}

function merged(left: Field, right: Field, type: Type): Field {
  const common = commonSuperType(left.type, right.type)!;
  const [l, r] = [coerce(left, common), coerce(right, common)];
  const sql = type === 'full' ? `coalesce(${l}, ${r})` : type === 'right' ? r : l;
  const kept = type === 'right' ? right : left;
  const home = type !== 'full' && sameType(kept.type, common) ? kept.home : undefined;
  return field({ name: left.name, qualifier: [], type: common, sql, hidden: false, home });
}
