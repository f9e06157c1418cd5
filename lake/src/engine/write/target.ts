import type { ObjectStore } from '../../store/object-store.ts';
import { failure } from '../failure.ts';
import { type Location, locationText, parseLocation } from '../location.ts';

/** Where CTAS and UNLOAD may write; whichever engine executes them. */

/** A workgroup with a result location of its own leaves CTAS no choice of another. */
export function enforced(): Error {
  return failure(
    '',
    "The Create Table As Select query failed because it was submitted with an 'external_location' property to an " +
      'Athena Workgroup that enforces a centralized output location for all queries. Please remove the ' +
      "'external_location' property and resubmit the query.",
  );
}

export function refuseMissingBucket(location: Location, objects: ObjectStore): void {
  if (objects.hasBucket(location.bucket)) return;
  throw failure('HIVE_FILESYSTEM_ERROR', `The specified bucket does not exist: ${location.bucket}`);
}

/** Athena writes into an empty place alone. */
export function refuseOccupied(
  location: Location,
  table: { readonly database: string; readonly name: string },
  objects: ObjectStore,
): void {
  if (objects.list(location.bucket, location.prefix).length === 0) return;
  const uri = locationText(location);
  throw failure(
    'HIVE_PATH_ALREADY_EXISTS',
    `Target directory for table '${table.database}.${table.name}' already exists: ${uri}. You may need to manually ` +
      `clean the data at location '${uri}' before retrying. Athena will not delete data in your account.`,
  );
}

/** The place that UNLOAD names; its bucket must exist and nothing may lie there. */
export function unloadTarget(to: string, objects: ObjectStore): Location {
  const location = parseLocation(to);
  if (location === undefined || !objects.hasBucket(location.bucket))
    throw failure('INVALID_FUNCTION_ARGUMENT', `UNLOAD needs an S3 location whose bucket exists: ${to}`);
  if (objects.list(location.bucket, location.prefix).length === 0) return location;
  const text = `Target directory for UNLOAD already exists: ${locationText(location)}. Athena will not delete data in your account.`;
  throw failure('HIVE_PATH_ALREADY_EXISTS', text);
}
