import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../core/model/exit.ts';
import type { S3Port } from '../core/model/ports.ts';
import type { SampleTarget } from '../core/model/sample.ts';

/** Writes sample files below a folder; a file appears whole or not at all. */
export function folderTarget(folder: string): SampleTarget {
  return {
    label: folder,
    write: async (file, signal) => {
      const path = join(folder, file.key);
      const unfinished = `${path}.unfinished`;
      let bytes = 0;
      try {
        await mkdir(dirname(path), { recursive: true });
        const handle = await open(unfinished, 'w');
        try {
          for (const chunk of file.chunks()) {
            signal.throwIfAborted();
            await handle.write(chunk);
            bytes += chunk.length;
          }
        } finally {
          await handle.close();
        }
        await rename(unfinished, path);
      } catch (error) {
        await rm(unfinished, { force: true }).catch(() => undefined);
        if (error instanceof Error && 'code' in error) {
          throw new UserError(
            `cannot write ${path}: ${error.code}`,
            'give --out a folder that you may write to and that has room',
            {
              cause: error,
            },
          );
        }
        throw error;
      }
      return { bytes };
    },
  };
}

/** Puts sample files into a bucket, each in one request. */
export function bucketTarget(s3: S3Port, bucket: string): SampleTarget {
  return {
    label: `s3://${bucket}/`,
    write: async (file) => {
      const body = Buffer.concat([...file.chunks()]);
      await s3.put(bucket, file.key, body, { contentType: 'text/csv' });
      return { bytes: body.length };
    },
  };
}
