import { elements, parseXml, textOf, type XmlChild } from '../wire/xml.ts';
import { checkKey } from './address.ts';
import { xmlText } from './body.ts';
import { needBucket, type S3Call, type S3Operation, xmlAnswer } from './call.ts';
import { deleteGuard } from './conditions.ts';
import { malformedXml, S3Error } from './errors.ts';

const MOST_KEYS = 1000;

/** The batch: each key fares on its own, and what failed is told inside a 200. */
export const deleteObjects: S3Operation = {
  name: 'DeleteObjects',
  async run(call) {
    needBucket(call);
    const request = parseXml(await xmlText(call.request), 'Delete');
    const objects = elements(request, 'Object');
    if (objects.length === 0 || objects.length > MOST_KEYS) throw malformedXml();
    const quiet = textOf(request, 'Quiet') === 'true';
    const results: XmlChild[] = [];
    for (const object of objects) {
      const key = textOf(object, 'Key');
      if (!key) throw malformedXml();
      results.push(await deleteOne(call, key, textOf(object, 'VersionId'), textOf(object, 'ETag'), quiet));
    }
    return xmlAnswer('DeleteResult', results);
  },
};

async function deleteOne(
  call: S3Call,
  key: string,
  versionId: string | undefined,
  etag: string | undefined,
  quiet: boolean,
): Promise<XmlChild> {
  try {
    checkKey(key);
    const guard = deleteGuard(etag, key);
    const gone = await call.store.remove(call.bucket, key, {
      ...(guard ? { guard } : {}),
      ...(versionId === undefined ? {} : { versionId }),
    });
    if (quiet) return undefined;
    return [
      'Deleted',
      [
        ['Key', key],
        versionId === undefined ? undefined : ['VersionId', versionId],
        gone?.deleteMarker ? ['DeleteMarker', true] : undefined,
        gone?.deleteMarker ? ['DeleteMarkerVersionId', gone.versionId] : undefined,
      ],
    ];
  } catch (error) {
    const { code, message } =
      error instanceof S3Error
        ? error
        : new S3Error('InternalError', 'We encountered an internal error. Please try again.');
    return [
      'Error',
      [
        ['Key', key],
        ['Code', code],
        ['Message', message],
      ],
    ];
  }
}
