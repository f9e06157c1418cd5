import { structure } from '../shape/shape.ts';
import { shownQuery } from './get-named-query.ts';
import { operation } from './operation.ts';
import { executionIds } from './shapes.ts';

interface Input {
  readonly NamedQueryIds: readonly string[];
}

export const batchGetNamedQuery = operation<Input>(
  structure({ 'NamedQueryIds!': executionIds }),
  ({ NamedQueryIds }, { settings }) => {
    const known = settings.named();
    return {
      NamedQueries: NamedQueryIds.flatMap((id) => known.get(id) ?? []).map(shownQuery),
      UnprocessedNamedQueryIds: NamedQueryIds.filter((id) => !known.has(id)).map((id) => ({
        NamedQueryId: id,
        ErrorCode: 'INVALID_INPUT',
        ErrorMessage: `NamedQuery ${id} was not found`,
      })),
    };
  },
);
