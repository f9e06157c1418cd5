/** Bucket and key of an S3 location, also of one spelled as Hadoop does (`s3a://`, `s3n://`); both empty for any other. */
export function s3Place(location: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', key = ''] = /^s3[an]?:\/\/([^/]+)\/(.*)$/s.exec(location) ?? [];
  return { bucket, key };
}
