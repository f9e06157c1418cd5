import { randomUUID } from 'node:crypto';
import { structure, text } from '../shape/shape.ts';
import { workgroupNamed } from './get-work-group.ts';
import { operation, refused } from './operation.ts';
import { clientToken, databaseName, queryName, queryString, workGroupName } from './shapes.ts';

interface Input {
  readonly Name: string;
  readonly Description?: string;
  readonly Database: string;
  readonly QueryString: string;
  readonly ClientRequestToken?: string;
  readonly WorkGroup?: string;
}

export const createNamedQuery = operation<Input>(
  structure({
    'Name!': queryName,
    Description: text({ min: 1, max: 1024 }),
    'Database!': databaseName,
    'QueryString!': queryString,
    ClientRequestToken: clientToken,
    WorkGroup: workGroupName,
  }),
  async ({ ClientRequestToken: token, WorkGroup = 'primary', ...input }, call) => {
    workgroupNamed(call, WorkGroup);
    const earlier = token && [...call.settings.named().values()].find((query) => query.token === token);
    if (earlier) {
      const same = earlier.Name === input.Name && earlier.QueryString === input.QueryString;
      if (!same || earlier.WorkGroup !== WorkGroup) throw refused('Idempotent parameters do not match');
      return { NamedQueryId: earlier.NamedQueryId };
    }
    const NamedQueryId = randomUUID();
    const query = { ...input, NamedQueryId, WorkGroup, ...(token ? { token } : {}) };
    await call.settings.change({ kind: 'named', query });
    return { NamedQueryId };
  },
);
