import type { Change } from '../change/change.ts';
import type { PartitionSummary } from '../model/actual.ts';
import type { TableDefinition } from '../model/definition.ts';
import { formatName, SERDE } from '../normalize/format.ts';
import type { FormatState, TableState } from '../normalize/state.ts';
import { type ColumnFiles, diffColumns, diffComment } from './columns.ts';
import { partitionsToUpdate } from './partitions.ts';
import { diffProperties } from './properties.ts';

const TYPED: readonly string[] = [SERDE.parquet, SERDE.orc, SERDE.avro];
// Athena reads Parquet by name and ORC by index unless told otherwise:
// https://docs.aws.amazon.com/athena/latest/ug/handling-schema-updates-chapter.html
const BY_POSITION: readonly string[] = [SERDE.orc, SERDE.open, SERDE.lazy];

/** How the files of a table bear a change of its columns. */
export function filesOf(state: TableState, definition: Pick<TableDefinition, 'load'>): ColumnFiles {
  return {
    typed: TYPED.includes(state.format.serde),
    byPosition: BY_POSITION.includes(state.format.serde),
    loaded: definition.load !== undefined,
  };
}

/** All changes that bring a table from what it is to what it should be. */
export function diffTable(
  object: string,
  definition: TableDefinition,
  before: TableState,
  after: TableState,
  partitions: PartitionSummary | undefined,
): readonly Change[] {
  const files = filesOf(after, definition);
  const repartitioned = diffPartitionColumns(object, before, after, partitions);
  const count = repartitioned.length > 0 ? 0 : partitionsToUpdate(partitions, after, files);
  return [
    ...repartitioned,
    ...diffColumns(object, before.columns, after.columns, files),
    ...diffFormat(object, definition, before.format, after.format),
    ...diffLocation(object, definition, before, after, partitions),
    ...diffProperties(object, before.properties, after.properties),
    ...diffDescription(object, before.comment, after.comment),
    ...(repartitioned.length > 0 ? [] : diffPartitionComments(object, before, after)),
    ...(count === 0 ? [] : [updatePartitions(object, count)]),
  ];
}

export function diffDescription(object: string, from: string, to: string): readonly Change[] {
  if (from === to) return [];
  return [{ object, kind: 'change_description', from, to, risk: 'safe', reason: 'a description only' }];
}

function diffPartitionColumns(
  object: string,
  before: TableState,
  after: TableState,
  partitions: PartitionSummary | undefined,
): readonly Change[] {
  const spelt = (state: TableState): readonly string[] => state.partitions.map(({ name, type }) => `${name} ${type}`);
  const from = spelt(before);
  const to = spelt(after);
  if (from.join() === to.join()) return [];
  const known = partitions?.count ?? 0;
  const reason = `the catalog entry is dropped and made anew: ${known} registered partitions are forgotten, the data stays`;
  return [{ object, kind: 'change_partition_columns', from, to, risk: 'destructive', reason }];
}

function diffPartitionComments(object: string, before: TableState, after: TableState): readonly Change[] {
  return after.partitions.flatMap((column, at) => diffComment(object, before.partitions[at]!, column));
}

function diffFormat(
  object: string,
  definition: TableDefinition,
  before: FormatState,
  after: FormatState,
): readonly Change[] {
  const loaded = definition.load !== undefined;
  if (before.serde !== after.serde || before.input !== after.input || before.output !== after.output) {
    const reason = loaded
      ? 'partitions that are loaded keep their format; new loads write the new one'
      : 'files of the old format can no longer be read';
    const [from, to] = [formatName(before), formatName(after)];
    return [{ object, kind: 'change_format', from, to, risk: loaded ? 'rewrite' : 'destructive', reason }];
  }
  const keys = [...new Set([...Object.keys(before.parameters), ...Object.keys(after.parameters)])].sort();
  return keys.flatMap((key): readonly Change[] => {
    const from = before.parameters[key];
    const to = after.parameters[key];
    if (from === to) return [];
    return [
      {
        object,
        kind: 'change_serde',
        key,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        risk: 'rewrite',
        reason: 'the files that are there are read in another way from now on',
      },
    ];
  });
}

function diffLocation(
  object: string,
  definition: TableDefinition,
  before: TableState,
  after: TableState,
  partitions: PartitionSummary | undefined,
): readonly Change[] {
  if (before.location === after.location) return [];
  const change = { object, kind: 'change_location', from: before.location, to: after.location } as const;
  if (definition.load?.mode === 'replace') {
    return [{ ...change, risk: 'destructive', reason: 'the table is empty until its next load; the old data stays' }];
  }
  if (definition.projection === undefined && definition.partitions.length > 0) {
    const count = partitions?.count ?? 0;
    return [{ ...change, risk: 'rewrite', reason: `${count} registered partitions stay at their places` }];
  }
  return [{ ...change, risk: 'destructive', reason: 'readers no longer see the data at the old place' }];
}

function updatePartitions(object: string, count: number): Change {
  return {
    object,
    kind: 'update_partitions',
    count,
    risk: 'safe',
    reason: 'partitions that describe their columns otherwise than the table cannot be read',
  };
}
