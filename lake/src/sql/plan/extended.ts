import type { Typed } from '../analyze/context.ts';
import { field } from '../analyze/scope.ts';
import { alias } from '../analyze/state.ts';
import type { Place } from './place.ts';
import type { RelationPlan } from './relation.ts';

/** A relation with more columns, each computed of its rows. */
export function extended(side: RelationPlan, place: Place) {
  const name = alias(place.state, 't');
  const added: string[] = [];
  return {
    add(value: Typed): Typed {
      added.push(`${value.sql} AS q${added.length}`);
      return { sql: `${name}.q${added.length - 1}`, type: value.type };
    },
    plan(): RelationPlan {
      if (added.length === 0) return side;
      const columns = [...side.fields.map((each, index) => `${each.sql} AS c${index}`), ...added];
      const fields = side.fields.map((each, index) => field({ ...each, sql: `${name}.c${index}` }));
      return { ...side, sql: `(SELECT ${columns.join(', ')} FROM ${side.sql}) AS ${name}`, fields };
    },
  };
}
