import { type GlueCall, invalid, notFound, operation } from './operation.ts';
import { ofTable, request, versionId } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TableName: string;
  readonly VersionId: string;
}

export const deleteTableVersion = operation<Input>(
  request({ ...ofTable, 'VersionId!': versionId }),
  async (input, call) => {
    const refusal = versionRefusal(call, input.DatabaseName, input.TableName, input.VersionId);
    if (refusal) throw refusal;
    await call.catalog.deleteTableVersions(input.DatabaseName, input.TableName, [input.VersionId]);
    return {};
  },
);

/** Why this version cannot be deleted, if so; throws where the table itself is missing. */
export function versionRefusal(call: GlueCall, database: string, table: string, version: string) {
  const versions = call.catalog.tableVersions(database, table);
  if (versions[0]?.VersionId === version) return invalid('Cannot delete the current version of a table.');
  return versions.some((each) => each.VersionId === version) ? undefined : notFound('Table version not found.');
}
