import type { Entry } from '../store/entry.ts';
import { needBucket, type S3Operation } from './call.ts';
import { deleteGuard } from './conditions.ts';
import { markerHeaders } from './entry.ts';

export const deleteObject: S3Operation = {
  name: 'DeleteObject',
  async run(call) {
    needBucket(call);
    const versionId = call.request.query.get('versionId');
    const guard = deleteGuard(call.request.headers['if-match'], call.key);
    const gone = await call.store.remove(call.bucket, call.key, {
      ...(guard ? { guard } : {}),
      ...(versionId === undefined ? {} : { versionId }),
    });
    return { status: 204, headers: goneHeaders(gone, versionId) };
  },
};

function goneHeaders(gone: Entry | undefined, versionId: string | undefined): Record<string, string> {
  if (gone?.deleteMarker) return markerHeaders(gone);
  return versionId === undefined ? {} : { 'x-amz-version-id': versionId };
}
