import { list } from '../shape/shape.ts';
import { versionRefusal } from './delete-table-version.ts';
import { errorDetail, operation } from './operation.ts';
import { ofTable, request, versionId } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TableName: string;
  readonly VersionIds: readonly string[];
}

export const batchDeleteTableVersion = operation<Input>(
  request({ ...ofTable, 'VersionIds!': list(versionId, { max: 100 }) }),
  async (input, call) => {
    const judged = input.VersionIds.map((version) => ({
      version,
      refusal: versionRefusal(call, input.DatabaseName, input.TableName, version),
    }));
    const good = judged.filter((entry) => !entry.refusal).map((entry) => entry.version);
    if (good.length) await call.catalog.deleteTableVersions(input.DatabaseName, input.TableName, good);
    return {
      Errors: judged.flatMap(({ version, refusal }) =>
        refusal ? [{ TableName: input.TableName, VersionId: version, ErrorDetail: errorDetail(refusal) }] : [],
      ),
    };
  },
);
