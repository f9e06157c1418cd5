import { structure } from '../shape/shape.ts';
import { namedQuery } from './get-named-query.ts';
import { operation } from './operation.ts';
import { description, executionId, queryName, queryString } from './shapes.ts';

interface Input {
  readonly NamedQueryId: string;
  readonly Name: string;
  readonly Description?: string;
  readonly QueryString: string;
}

export const updateNamedQuery = operation<Input>(
  structure({
    'NamedQueryId!': executionId,
    'Name!': queryName,
    Description: description,
    'QueryString!': queryString,
  }),
  async (input, call) => {
    const before = namedQuery(call, input.NamedQueryId);
    await call.settings.change({ kind: 'named', query: { ...before, ...input } });
    return {};
  },
);
