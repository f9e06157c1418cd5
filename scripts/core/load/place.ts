/** A location as S3 spells it: Hadoop says `s3a://` and `s3n://` for the same place. */
export function plainLocation(location: string): string {
  return location.replace(/^s3[an]:/, 's3:');
}

/** A location as the folder that it is: S3's spelling, and one slash at its end. */
export function folderAt(location: string): string {
  return plainLocation(location).replace(/\/*$/, '/');
}

/** Bucket and key of an S3 location, also of one spelled as Hadoop does (`s3a://`, `s3n://`); both empty for any other. */
export function s3Place(location: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(plainLocation(location)) ?? [];
  return { bucket, key };
}
