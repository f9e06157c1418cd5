import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { Location } from '../location.ts';
import type { StatementContext } from '../statement-context.ts';
import type { WriteFormat } from './format.ts';
import type { Written, WrittenFile } from './rows.ts';

/** Takes written files in as objects; if one can't be, those before it are removed again. Gives their S3 paths. */
export async function publishFiles(
  written: Written,
  placeOf: (file: WrittenFile) => Location,
  format: WriteFormat,
  context: StatementContext,
): Promise<readonly string[]> {
  const done: string[] = [];
  let next = 0;
  const work = async () => {
    for (let at = next++; at < written.files.length; at = next++) {
      context.request.signal.throwIfAborted();
      const file = written.files[at]!;
      const { bucket, prefix } = placeOf(file);
      const key = `${prefix}${fileName(at, context.request.queryId)}${format.extension}`;
      await context.objects.adopt(bucket, key, file.file);
      done[at] = `s3://${bucket}/${key}`;
    }
  };
  // Each waits for the disk; a few at once wait together.
  const ends = await Promise.allSettled(Array.from({ length: 4 }, work));
  for (const { file } of written.files) rmSync(file, { force: true });
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) {
    await removeObjects(done.filter(Boolean), context);
    throw failed.reason;
  }
  return done;
}

/** Takes published files back; what can't be removed stays behind, as it would in S3. */
export async function removeObjects(uris: readonly string[], { objects }: StatementContext): Promise<void> {
  for (const uri of uris) {
    const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/([\s\S]+)$/.exec(uri) ?? [];
    await objects.delete(bucket, key).catch(() => undefined);
  }
}

/** `20240102_030405_00000_1a2b3_<uuid>`: time, number and query, as Trino names its files. */
function fileName(index: number, queryId: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
  return `${time}_${String(index).padStart(5, '0')}_${queryId.replaceAll('-', '').slice(0, 5)}_${randomUUID()}`;
}
