import type { Context } from '../analyze/context.ts';
import { analyze } from '../analyze/expressions.ts';
import { refuse } from '../analyze/refuse.ts';
import { emptyScope, field, type Scope } from '../analyze/scope.ts';
import { alias } from '../analyze/state.ts';
import type { Relation } from '../ast.ts';
import { displayType } from '../types/index.ts';
import type { Place } from './place.ts';
import { planRelation, type RelationPlan } from './relation.ts';

const numeric = ['tinyint', 'smallint', 'integer', 'bigint', 'real', 'double', 'decimal'];

/** TABLESAMPLE: each row by chance, by itself. (SYSTEM takes whole parts of a table; here it takes rows too.) */
export function sample(
  relation: Extract<Relation, { kind: 'sample' }>,
  place: Place,
  lateral: Scope | undefined,
): RelationPlan {
  const inner = planRelation(relation.relation, place, lateral);
  const context: Context = { state: place.state, scope: emptyScope, names: place.names, variables: [] };
  const percentage = analyze(relation.percentage, context);
  if (!numeric.includes(percentage.type.kind)) {
    const message = `Sample percentage should be a numeric expression (actual: ${displayType(percentage.type)})`;
    throw refuse('TYPE_MISMATCH', relation.percentage.at, message);
  }
  const constant = Number('text' in relation.percentage ? relation.percentage.text : 0);
  if (constant < 0 || constant > 100) {
    throw refuse('INVALID_ARGUMENTS', relation.percentage.at, 'Sample percentage must be between 0 and 100');
  }
  const name = alias(place.state, 't');
  // Hidden columns ("$path") are read from a table only where somebody names them, which through a sample nobody can.
  const shown = inner.fields.filter((each) => !each.hidden);
  const columns = shown.map((each, index) => `${each.sql} AS c${index}`).join(', ');
  return {
    ...inner,
    sql: `(SELECT ${columns} FROM ${inner.sql} WHERE random() * 100 < ${percentage.sql}) AS ${name}`,
    fields: shown.map((each, index) => field({ ...each, sql: `${name}.c${index}` })),
  };
}
