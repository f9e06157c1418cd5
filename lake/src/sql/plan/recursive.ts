import { coerce } from '../analyze/context.ts';
import { refuse } from '../analyze/refuse.ts';
import { alias, type Named, type Planned } from '../analyze/state.ts';
import type { Body, NamedQuery, Relation } from '../ast.ts';
import { failText } from '../functions/fail.ts';
import { canCoerce, displayType } from '../types/index.ts';
import type { Place } from './place.ts';
import { asRelation, planTerm } from './query.ts';
import type { NamedBlock } from './shape.ts';
import { type NamedText, namedQuery } from './with.ts';

/** Whether a body reads a name; a subquery that has a WITH query of the same name is not looked into. */
function reads(value: unknown, name: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((each) => reads(each, name));
  const node = value as Partial<Relation> & { name?: { parts?: readonly { name: string }[] } };
  if (node.kind === 'table' && node.name?.parts?.length === 1) return node.name.parts[0]?.name.toLowerCase() === name;
  return Object.values(value).some((each) => reads(each, name));
}

type Union = Extract<Body, { kind: 'set' }>;

/** A WITH query that reads itself: base UNION step. Undefined: it does not. */
export function planRecursive(query: NamedQuery, place: Place): NamedText | undefined {
  const name = query.name.name.toLowerCase();
  if (!reads(query.query, name)) return undefined;
  if (!query.columns)
    throw refuse('MISSING_COLUMN_ALIASES', query.at, 'missing column aliases in recursive WITH query');
  const { body } = query.query;
  if (body.kind !== 'set' || body.operator !== 'UNION' || reads(body.left, name)) {
    const message = 'recursive reference outside of step relation of a recursive WITH query';
    throw refuse('INVALID_RECURSIVE_REFERENCE', query.query.at, message);
  }
  if (query.query.orderBy.length > 0 || query.query.limit || query.query.offset) {
    throw refuse(
      'INVALID_LIMIT_CLAUSE',
      query.query.at,
      'FETCH FIRST / LIMIT clause in a recursive WITH query is not allowed',
    );
  }
  return union(query, body, place);
}

/** Trino's max_recursion_depth. */
const DEEPEST = 10;

/**
 * Trino writes the step out ten times and one time more, where no row may come. So here every row knows its depth. UNION
 * drops repeated rows when all is done, not on the way: a step that leads back to where it was never ends in Trino either.
 */
function union(query: NamedQuery, body: Union, place: Place): NamedText {
  const base = planTerm(body.left, place);
  const inner: Named = namedQuery(query, base, undefined, place);
  const names = new Map(place.names).set(inner.name, inner);
  const step = planTerm(body.right, { ...place, names });
  if (step.columns.length !== base.columns.length) {
    const message = `base and step relations of recursion have different number of fields: ${base.columns.length}, ${step.columns.length}`;
    throw refuse('TYPE_MISMATCH', body.at, message);
  }
  const steps = asRelation(step, place);
  const columns = stepColumns(base, step, steps.name, body);
  const block: NamedBlock = {
    block: { kind: 'set', parts: [base.block, step.block], all: false, passes: false },
    references: [],
  };
  place.state.named.push(block);
  const named: Named = { ...inner, sqlName: alias(place.state, 'w'), block, used: false };
  const start = asRelation(base, place);
  const shown = base.columns.map((_, index) => `c${index}`).join(', ');
  const rows =
    `SELECT ${shown}, 0 AS depth FROM ${start.sql} ` +
    `UNION ALL SELECT ${columns.join(', ')}, ${nextDepth(inner.sqlName)} AS depth FROM ${steps.sql}`;
  const sql = `WITH RECURSIVE ${inner.sqlName} AS (${rows}) SELECT ${body.all ? '' : 'DISTINCT '}${shown} FROM ${inner.sqlName}`;
  return { named, sql };
}

function stepColumns(base: Planned, step: Planned, relation: string, body: Union): readonly string[] {
  return step.columns.map((column, index) => {
    const wanted = base.columns[index]!.type;
    if (!canCoerce(column.type, wanted)) {
      const message = `recursion step relation output type (${displayType(column.type)}) is not coercible to recursion base relation output type (${displayType(wanted)}) at column ${index + 1}`;
      throw refuse('TYPE_MISMATCH', body.at, message);
    }
    return `${coerce({ sql: `${relation}.c${index}`, type: column.type }, wanted)} AS c${index}`;
  });
}

function nextDepth(before: string): string {
  const limit = `Recursion depth limit exceeded (${DEEPEST}). Use 'max_recursion_depth' session property to modify the limit.`;
  const reached = `(SELECT max(depth) FROM ${before})`;
  return `CASE WHEN ${reached} >= ${DEEPEST} THEN ${failText('NOT_SUPPORTED', limit, 'INTEGER')} ELSE ${reached} + 1 END`;
}
