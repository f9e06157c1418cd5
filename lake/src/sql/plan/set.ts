import { refuse } from '../analyze/refuse.ts';
import type { Planned } from '../analyze/state.ts';
import type { Body } from '../ast.ts';
import { emitCast } from '../casts/cast.ts';
import { commonSuperType, comparable, displayType, sameType } from '../types/index.ts';
import type { Type } from '../types.ts';
import type { Place } from './place.ts';
import { asRelation, planTerm } from './query.ts';

type SetBody = Extract<Body, { kind: 'set' }>;

/** `a UNION b UNION c` is one operation in the text too: deep nesting would cost for nothing. */
function operands(body: SetBody): Body[] {
  const same = body.left.kind === 'set' && body.left.operator === body.operator && body.left.all === body.all;
  return [...(same && body.operator !== 'EXCEPT' ? operands(body.left as SetBody) : [body.left]), body.right];
}

export function planSet(body: SetBody, place: Place): Planned {
  const parts = operands(body).map((part) => planTerm(part, place));
  const [first] = parts;
  let types = first!.columns.map((column) => column.type);
  for (const part of parts.slice(1)) types = merge(body, types, part);
  if (!(body.operator === 'UNION' && body.all)) checkComparable(body, types);
  const sql = parts.map((part) => `(${cast(part, types, place)})`).join(` ${body.operator}${body.all ? ' ALL' : ''} `);
  return {
    sql,
    columns: types.map((type, index) => ({ name: first!.columns[index]!.name, type })),
    block: {
      kind: 'set',
      parts: parts.map((part) => part.block),
      all: body.operator === 'UNION' && body.all,
      passes: true,
    },
  };
}

function merge(body: SetBody, types: readonly Type[], part: Planned): Type[] {
  if (part.columns.length !== types.length) {
    throw refuse(
      'TYPE_MISMATCH',
      body.at,
      `${body.operator} query has different number of fields: ${types.length}, ${part.columns.length}`,
    );
  }
  return types.map((type, index) => {
    const other = part.columns[index]!.type;
    const common = commonSuperType(type, other);
    if (common) return common;
    const message = `column ${index + 1} in ${body.operator} query has incompatible types: ${displayType(type)}, ${displayType(other)}`;
    throw refuse('TYPE_MISMATCH', body.at, message);
  });
}

function checkComparable(body: SetBody, types: readonly Type[]): void {
  const wrong = types.find((type) => !comparable(type));
  if (!wrong) return;
  throw refuse(
    'TYPE_MISMATCH',
    body.at,
    `Type ${displayType(wrong)} is not comparable and therefore cannot be used in ${body.operator}${body.all ? '' : ' DISTINCT'}`,
  );
}

function cast(part: Planned, types: readonly Type[], place: Place): string {
  if (part.columns.every((column, index) => sameType(column.type, types[index]!))) return part.sql;
  const relation = asRelation(part, place);
  const columns = types.map((type, index) => {
    const given = part.columns[index]!.type;
    const sql = `${relation.name}.c${index}`;
    return `${sameType(given, type) ? sql : emitCast(sql, given, type)} AS c${index}`;
  });
  return `SELECT ${columns.join(', ')} FROM ${relation.sql}`;
}
