import type { Entry } from '../store/entry.ts';
import type { Guard } from '../store/object-changes.ts';
import type { Request } from '../wire/http.ts';
import { invalidArgument, noSuchKey, notImplemented, preconditionFailed, S3Error } from './errors.ts';

export type ReadVerdict = 'send' | 'not-modified';

/** Conditional GET and HEAD (RFC 9110 order: the ETag conditions win over the dates). Throws 412. */
export function readVerdict(entry: Entry, headers: Request['headers'], prefix = ''): ReadVerdict {
  const ifMatch = headers[`${prefix}if-match`];
  const ifNoneMatch = headers[`${prefix}if-none-match`];
  const unmodifiedSince = date(headers[`${prefix}if-unmodified-since`]);
  const modifiedSince = date(headers[`${prefix}if-modified-since`]);
  const modified = Math.floor(entry.lastModified / 1000) * 1000;
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, entry.etag)) throw preconditionFailed('If-Match');
  } else if (unmodifiedSince !== undefined && modified > unmodifiedSince)
    throw preconditionFailed('If-Unmodified-Since');
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, entry.etag) ? 'not-modified' : 'send';
  return modifiedSince !== undefined && modified <= modifiedSince ? 'not-modified' : 'send';
}

function date(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

export function matches(condition: string, etag: string): boolean {
  return condition.split(',').some((one) => {
    const bare = one.trim().replace(/^W\//, '').replace(/^"|"$/g, '');
    return bare === '*' || bare === etag;
  });
}

/**
 * Conditional writes: `If-None-Match: *` (nothing may be there) and `If-Match: <etag>` (just that may be there). Called
 * when the request comes, so that a refusal is early, and again by the store in the moment of the change; what changed
 * in between is a conflict (409), which clients may retry, unlike 412.
 */
export function writeGuard(headers: Request['headers'], key: string, first: Entry | undefined): Guard {
  const ifNoneMatch = headers['if-none-match'];
  const ifMatch = headers['if-match'];
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== '*')
    throw notImplemented('If-None-Match with a value other than *');
  if (ifNoneMatch !== undefined && ifMatch !== undefined)
    throw invalidArgument('If-Match and If-None-Match cannot be used together', 'If-Match', ifMatch);
  const check: Guard = (current) => {
    if (ifNoneMatch !== undefined && current) throw preconditionFailed('If-None-Match');
    if (ifMatch === undefined) return;
    if (current !== first) throw conflict();
    if (!current) throw noSuchKey(key);
    if (!matches(ifMatch, current.etag)) throw preconditionFailed('If-Match');
  };
  check(first);
  return check;
}

/** DELETE with If-Match: what is gone already, or is another object by now, is refused. */
export function deleteGuard(ifMatch: string | undefined, key: string): Guard | undefined {
  if (ifMatch === undefined) return undefined;
  return (current) => {
    if (!current) throw noSuchKey(key);
    if (!matches(ifMatch, current.etag)) throw preconditionFailed('If-Match');
  };
}

function conflict(): S3Error {
  return new S3Error('ConditionalRequestConflict', 'A conflicting operation occurred. Please retry the request.', 409);
}
