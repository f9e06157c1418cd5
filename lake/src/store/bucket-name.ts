/** S3's rules for names of general purpose buckets; they also make the name safe as a folder's name. */
export function isBucketName(name: string): boolean {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) return false;
  if (name.includes('..') || /^\d+\.\d+\.\d+\.\d+$/.test(name)) return false;
  return !name.startsWith('xn--') && !name.endsWith('-s3alias');
}
