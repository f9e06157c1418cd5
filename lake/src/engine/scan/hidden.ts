import { quoteText } from '../../sql/types/index.ts';
import type { Type } from '../../sql/types.ts';
import { partitionPath } from '../location.ts';
import { byFile } from './by-file.ts';
import type { DataColumn, ScanFile } from './source.ts';

/** Trino's hidden columns of Hive tables. */
export const HIDDEN: readonly { readonly name: string; readonly type: Type }[] = [
  { name: '$path', type: { kind: 'varchar', length: undefined } },
  { name: '$bucket', type: { kind: 'integer' } },
  { name: '$file_size', type: { kind: 'bigint' } },
  { name: '$file_modified_time', type: { kind: 'timestamp', precision: 3, zone: true } },
  { name: '$partition', type: { kind: 'varchar', length: undefined } },
];

/** The value of a hidden column for the files of one group. */
export function hiddenColumn(name: string, keys: readonly DataColumn[], files: readonly ScanFile[]): string {
  const all = (of: (file: ScanFile) => string, wrap: (value: string) => string = (value) => value) =>
    files.length === 0 ? wrap('NULL') : byFile(files.map(of), wrap);
  switch (name) {
    case '$path':
      return `CAST(${all(({ object }) => quoteText(`s3://${object.bucket}/${object.key}`))} AS VARCHAR)`;
    case '$file_size':
      return `CAST(${all(({ object }) => String(object.size))} AS BIGINT)`;
    case '$file_modified_time':
      return all(
        ({ object }) => String(Math.floor(object.lastModified)),
        (value) => `{'t': epoch_ms(CAST(${value} AS BIGINT)), 'z': 'UTC'}`,
      );
    case '$partition': {
      const names = keys.map((key) => key.name);
      return `CAST(${all(({ partition }) => quoteText(partitionPath(names, partition.values)))} AS VARCHAR)`;
    }
    default:
      return 'CAST(NULL AS INTEGER)';
  }
}
