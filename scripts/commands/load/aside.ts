import { folderAt, keyOf } from '../../core/load/index.ts';
import { UserError } from '../../core/model/exit.ts';
import type { LoadContext } from './context.ts';
import type { Discovery } from './discover.ts';
import { bucketOf, listObjects, liveTable } from './stored.ts';

/** A folder that no load ever writes; the plan takes it for the table's base, as it does every `load-.../`. */
const NOTHING = 'load-none/';

/**
 * Athena reads every folder below a table's location: https://docs.aws.amazon.com/athena/latest/ug/tables-location-format.html
 * A table of mode replace that was never loaded stands above the folders of its loads, so its readers would see the first
 * one while it is written, and what failed its checks for good. It is pointed to a folder with nothing in it before.
 */
export async function standAside(context: LoadContext, discovery: Discovery): Promise<Discovery> {
  const { table, live } = discovery;
  const base = `s3://${bucketOf(context, table)}/${table.location.path}`;
  const stands = folderAt(live.storage.location);
  if (table.load.mode !== 'replace' || stands !== base) return discovery;
  await refuseOwnFiles(context, discovery, base);
  const location = `${base}${NOTHING}`;
  const moved = { ...live, storage: { ...live.storage, location } };
  try {
    await context.glue.updateTable(moved, { versionId: live.versionId, skipArchive: true });
  } catch (error) {
    // A reply that was lost is answered by reading.
    const now = await liveTable(context, table);
    if (now.storage.location !== location) throw error;
  }
  return { ...discovery, live: await liveTable(context, table) };
}

/** Rows that stand right there would be gone for readers until the load has ended, or be mixed with its rows. */
async function refuseOwnFiles(context: LoadContext, { table }: Discovery, base: string): Promise<void> {
  for await (const { source } of listObjects(context, table, table.location.path)) {
    if (source.key.slice(base.length).startsWith('load-')) continue;
    const { path, line, column } = table.place;
    throw new UserError(
      `${keyOf(table)} has files at its location that no load wrote, for instance ${source.key}: readers would see them mixed with a load that is still written`,
      `copy them to a folder load-before/ below a new base outside of ${base}, point the table there with ALTER TABLE ... SET LOCATION, and declare the new base as its location in table.yaml: the same rows are read all the while (docs/load.md, A whole table that was there before)`,
      { where: `${path}:${line}:${column}` },
    );
  }
}
