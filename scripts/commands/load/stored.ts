import { keyOf, type LedgerEntry, readLedger, type SourceObject, unitKey } from '../../core/load/index.ts';
import { type CatalogPartition, type CatalogTable, MANAGED } from '../../core/model/catalog.ts';
import type { TableDefinition } from '../../core/model/definition.ts';
import { UserError } from '../../core/model/exit.ts';
import { type DayRange, isDataObject, rangeExpression } from '../../core/partition/index.ts';
import { inEnvironment, type LoadContext } from './context.ts';

/** What is there of a table: its entry and its partitions in the catalog, its objects in S3. */

/** A table that is not in the catalog as it is defined: what there is to do is apply's. */
export class NotApplied extends UserError {
  constructor(message: string, cure: string) {
    super(message, cure);
    this.name = 'NotApplied';
  }
}

/** The table in the catalog, refused if apply has still something to do there. */
export async function liveTable(context: LoadContext, table: TableDefinition): Promise<CatalogTable> {
  const live = await context.glue.getTable(inEnvironment(context, table.database), table.name);
  if (live === undefined) {
    throw new NotApplied(`${keyOf(table)} is not in the catalog`, `npm run apply -- --env ${context.environment.name}`);
  }
  // Another program's: what it points to is not for a load to change, even if it looks as defined.
  if (live.parameters[MANAGED] !== 'true') {
    throw new NotApplied(
      `${keyOf(table)} is in the catalog, and not managed by Weir`,
      `npm run plan shows what is to be done before npm run apply -- --env ${context.environment.name} adopts it`,
    );
  }
  const shape = (columns: readonly { name: string; type: string }[]): string =>
    columns.map((column) => `${column.name} ${column.type.toLowerCase().replaceAll(/\s+/g, '')}`).join(', ');
  const [has, wants] = [
    [...live.storage.columns, ...live.partitionKeys],
    [...table.columns, ...table.partitions],
  ].map(shape);
  if (has === wants) return live;
  throw new NotApplied(
    `${keyOf(table)} has other columns in the catalog than in its definition`,
    `npm run plan shows the difference, npm run apply -- --env ${context.environment.name} brings it in line`,
  );
}

/** The partitions of a table in the catalog; with a range at least those that have a day in it. */
export async function partitionsOf(
  context: LoadContext,
  table: TableDefinition,
  range: DayRange | undefined,
): Promise<readonly CatalogPartition[]> {
  const expression = range && rangeExpression(table.partitions, range);
  return context.glue.listPartitions(inEnvironment(context, table.database), table.name, expression);
}

/** What shows readers a table's rows: the entries of its partitions, or of a whole table its own, without values. */
export async function entriesOf(
  context: LoadContext,
  table: TableDefinition,
  range?: DayRange,
): Promise<readonly CatalogPartition[]> {
  if (table.partitions.length > 0) return partitionsOf(context, table, range);
  return [wholeEntry(await liveTable(context, table))];
}

/** A table that is replaced as a whole, as one entry. */
export function wholeEntry({ storage, parameters }: CatalogTable): CatalogPartition {
  return { values: [], storage, parameters };
}

/** What loads say of entries, by unitKey; nothing of those that no load wrote. */
export function ledgersOf(entries: readonly CatalogPartition[]): ReadonlyMap<string, LedgerEntry> {
  return new Map(
    entries.flatMap(({ values, parameters }) => {
      const ledger = readLedger(parameters);
      return ledger === undefined ? [] : [[unitKey(values), ledger] as const];
    }),
  );
}

interface Listed {
  readonly path: string;
  readonly source: SourceObject;
}

/** The data objects below a prefix of a table. */
export async function* listObjects(
  context: LoadContext,
  table: TableDefinition,
  prefix: string,
): AsyncIterable<Listed> {
  const bucket = bucketOf(context, table);
  for await (const { key, etag, size } of context.s3.list(bucket, prefix)) {
    context.signal.throwIfAborted();
    if (isDataObject(key)) yield { path: key, source: { key: `s3://${bucket}/${key}`, etag, size } };
  }
}

/** The bucket of a table in the environment. */
export function bucketOf(context: Pick<LoadContext, 'environment'>, table: TableDefinition): string {
  const bucket = context.environment.buckets[table.location.bucket];
  if (bucket !== undefined) return bucket;
  throw new UserError(
    `environment ${context.environment.name} has no bucket ${JSON.stringify(table.location.bucket)}`,
    'name it under buckets in pipeline/lake.yaml',
    { where: `${table.place.path}:${table.place.line}:${table.place.column}` },
  );
}
