import { structure } from '../shape/shape.ts';
import { namedQuery } from './get-named-query.ts';
import { operation } from './operation.ts';
import { executionId } from './shapes.ts';

export const deleteNamedQuery = operation<{ readonly NamedQueryId: string }>(
  structure({ 'NamedQueryId!': executionId }),
  async (input, call) => {
    const { NamedQueryId } = namedQuery(call, input.NamedQueryId);
    await call.settings.change({ kind: 'drop-named', id: NamedQueryId });
    return {};
  },
);
