import type { ObjectStore } from '../store/object-store.ts';
import type { StatementType } from './engine.ts';
import type { ResultConfiguration, ResultLayout } from './execution.ts';
import { refused } from './operation.ts';
import type { WorkGroup } from './settings.ts';

export interface S3Place {
  readonly bucket: string;
  readonly key: string;
}

export function uriOf(place: S3Place): string {
  return `s3://${place.bucket}/${place.key}`;
}

export function placeOf(uri: string): S3Place | undefined {
  const match = /^s3:\/\/(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(?<key>.*))?$/s.exec(uri);
  return match?.groups ? { bucket: match.groups.bucket!, key: match.groups.key ?? '' } : undefined;
}

/** A workgroup that enforces its settings and has a result location decides; else the client, else the workgroup. */
export function enforcesLocation(workgroup: WorkGroup): boolean {
  const { EnforceWorkGroupConfiguration, ResultConfiguration } = workgroup.Configuration;
  return EnforceWorkGroupConfiguration && ResultConfiguration.OutputLocation !== undefined;
}

export function effectiveConfiguration(
  workgroup: WorkGroup,
  asked: ResultConfiguration | undefined,
): ResultConfiguration {
  const own = workgroup.Configuration.ResultConfiguration;
  return enforcesLocation(workgroup) ? own : { ...own, ...asked };
}

const MISSING =
  'No output location provided. An output location is required either through the Workgroup result configuration ' +
  'setting or as an API input.';

/** A key has 1,024 bytes, and the longest name of a result behind the prefix some 60. */
const LONGEST_PREFIX = 960;

/** `s3://bucket/prefix/` where results go, or Athena's refusal. */
export function resultBase(configuration: ResultConfiguration, store: ObjectStore): string {
  const location = configuration.OutputLocation;
  if (!location) throw refused(MISSING);
  const place = placeOf(location);
  if (!place || Buffer.byteLength(place.key) > LONGEST_PREFIX || place.key.includes('\0'))
    throw refused(`outputLocation is not a valid S3 path: ${location}`);
  if (!store.hasBucket(place.bucket)) throw refused(`Unable to verify/create output bucket ${place.bucket}`);
  return location.endsWith('/') ? location : `${location}/`;
}

/** Names the result object as Athena does, by what kind of statement it is. */
export function resultPlace(base: string, id: string, type: StatementType, substatement: string): S3Place {
  const { bucket, key } = placeOf(base)!;
  if (substatement === 'CREATE_TABLE_AS_SELECT') return { bucket, key: `${key}tables/${id}` };
  if (layoutOf(type, substatement).kind === 'none') return { bucket, key: `${key}${id}` };
  return { bucket, key: `${key}${id}.${type === 'DML' ? 'csv' : 'txt'}` };
}

const WRITERS = new Set(['INSERT', 'UNLOAD', 'DELETE', 'UPDATE', 'MERGE', 'CREATE_TABLE_AS_SELECT']);

/** Writers leave no rows, queries leave CSV, all else leaves lines of text. */
export function layoutOf(type: StatementType, substatement: string): ResultLayout {
  if (WRITERS.has(substatement)) return { kind: 'none' };
  return type === 'DML' ? { kind: 'csv' } : { kind: 'text', cells: 1 };
}
