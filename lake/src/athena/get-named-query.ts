import { structure } from '../shape/shape.ts';
import { type AthenaCall, operation, refused } from './operation.ts';
import type { NamedQuery } from './settings.ts';
import { executionId } from './shapes.ts';

export const getNamedQuery = operation<{ readonly NamedQueryId: string }>(
  structure({ 'NamedQueryId!': executionId }),
  (input, call) => ({ NamedQuery: shownQuery(namedQuery(call, input.NamedQueryId)) }),
);

export function namedQuery(call: AthenaCall, id: string): NamedQuery {
  const query = call.settings.named().get(id);
  if (!query) throw refused(`NamedQuery ${id} was not found`);
  return query;
}

export function shownQuery(query: NamedQuery) {
  const { token: _token, ...shown } = query;
  return shown;
}
