import { notFound, operation } from './operation.ts';
import { presentTable } from './present.ts';
import { ofTable, request, versionId } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TableName: string;
  readonly VersionId?: string;
}

/** Without VersionId the current version. */
export const getTableVersion = operation<Input>(request({ ...ofTable, VersionId: versionId }), (input, { catalog }) => {
  const versions = catalog.tableVersions(input.DatabaseName, input.TableName);
  const found = input.VersionId === undefined ? versions[0] : versions.find((v) => v.VersionId === input.VersionId);
  if (!found) throw notFound('Table version not found.');
  return { TableVersion: { Table: presentTable(found), VersionId: found.VersionId } };
});
