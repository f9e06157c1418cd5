import type { GlueTableInput } from '../catalog/catalog.ts';
import { boolean } from '../shape/shape.ts';
import { invalid, operation } from './operation.ts';
import { ofDatabase, request, tableInput, versionId } from './shapes.ts';

interface Input {
  readonly DatabaseName: string;
  readonly TableInput?: GlueTableInput;
  readonly SkipArchive?: boolean;
  readonly VersionId?: string;
  readonly UpdateOpenTableFormatInput?: unknown;
}

/** With VersionId it is a compare-and-set: refused where the table moved since it was read. */
export const updateTable = operation<Input>(
  request({ ...ofDatabase, TableInput: tableInput, SkipArchive: boolean, VersionId: versionId }),
  async (input, { catalog }) => {
    if (input.UpdateOpenTableFormatInput) {
      throw invalid('UpdateOpenTableFormatInput (Iceberg) is not supported by the local lake.');
    }
    if (!input.TableInput) throw invalid('TableInput cannot be null.');
    await catalog.updateTable(input.DatabaseName, input.TableInput, {
      ...(input.VersionId === undefined ? {} : { versionId: input.VersionId }),
      skipArchive: input.SkipArchive ?? false,
    });
    return {};
  },
);
