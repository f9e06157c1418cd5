import { refuse } from '../analyze/refuse.ts';
import { alias, type Named, type Names, type Planned } from '../analyze/state.ts';
import type { NamedQuery, Query } from '../ast.ts';
import type { Place } from './place.ts';
import { planQuery } from './query.ts';
import { planRecursive } from './recursive.ts';
import type { NamedBlock } from './shape.ts';

export interface WithScope {
  readonly names: Names;
  /** `WITH ...`, of those queries that were read in the end. */
  text(): string;
}

export interface NamedText {
  readonly named: Named;
  readonly sql: string;
}

/** Plans the queries of a WITH clause; each sees those before it. */
export function planWith(clause: NonNullable<Query['with']>, place: Place): WithScope {
  const names = new Map(place.names);
  const texts: NamedText[] = [];
  for (const query of clause.queries) {
    const name = query.name.name.toLowerCase();
    if (texts.some((each) => each.named.name === name)) {
      throw refuse('DUPLICATE_NAMED_QUERY', query.at, `WITH query name '${name}' specified more than once`);
    }
    const text = clause.recursive
      ? (planRecursive(query, { ...place, names }) ?? plain(query, place, names))
      : plain(query, place, names);
    texts.push(text);
    names.set(name, text.named);
  }
  return { names, text: () => withText(texts) };
}

function withText(texts: readonly NamedText[]): string {
  const used = texts.filter((each) => each.named.used);
  if (used.length === 0) return '';
  return `WITH ${used.map((each) => `${each.named.sqlName} AS (${each.sql})`).join(', ')}`;
}

function plain(query: NamedQuery, place: Place, names: Names): NamedText {
  const planned = planQuery(query.query, { ...place, names });
  const block: NamedBlock = { block: planned.block, references: [] };
  place.state.named.push(block);
  return { named: namedQuery(query, planned, block, place), sql: planned.sql };
}

export function namedQuery(
  query: NamedQuery,
  planned: Pick<Planned, 'columns'>,
  block: NamedBlock | undefined,
  place: Place,
): Named {
  const { columns } = query;
  if (columns && columns.length !== planned.columns.length) {
    const message = `Column alias list has ${columns.length} entries but relation has ${planned.columns.length} columns`;
    throw refuse('MISMATCHED_COLUMN_ALIASES', columns[0]?.at ?? query.at, message);
  }
  return {
    name: query.name.name.toLowerCase(),
    sqlName: alias(place.state, 'w'),
    columns: planned.columns.map(({ name, type }, index) => ({
      name: columns?.[index]?.name ?? name,
      type,
      hidden: false,
    })),
    block,
    used: false,
  };
}
