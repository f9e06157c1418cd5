import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Checksum } from '../store/entry.ts';
import { type ChecksumAlgorithm, startChecksum } from './checksum.ts';

export interface Digests {
  readonly md5: string;
  readonly checksum: Checksum | undefined;
}

/** Copies bytes of files one after another into a new, synced file, and digests them on the way. */
export async function concatenate(
  target: string,
  sources: readonly { readonly file: string; readonly start: number; readonly end: number }[],
  algorithm: ChecksumAlgorithm | undefined,
): Promise<Digests & { readonly size: number }> {
  const digests = createDigests(algorithm);
  const output = await open(target, 'wx');
  let size = 0;
  try {
    for (const source of sources)
      for await (const chunk of fileRange(source.file, source.start, source.end)) {
        digests.update(chunk);
        size += chunk.length;
        await output.appendFile(chunk);
      }
    await output.datasync();
  } finally {
    await output.close();
  }
  return { ...digests.end(), size };
}

export async function digestRange(
  file: string,
  start: number,
  end: number,
  algorithm: ChecksumAlgorithm | undefined,
): Promise<Digests> {
  const digests = createDigests(algorithm);
  for await (const chunk of fileRange(file, start, end)) digests.update(chunk);
  return digests.end();
}

function createDigests(algorithm: ChecksumAlgorithm | undefined) {
  const md5 = createHash('md5');
  const checksum = algorithm && startChecksum(algorithm);
  return {
    update(chunk: Buffer) {
      md5.update(chunk);
      checksum?.update(chunk);
    },
    end: (): Digests => ({
      md5: md5.digest('hex'),
      checksum: algorithm && { algorithm, value: checksum!.digest(), type: 'FULL_OBJECT' },
    }),
  };
}

async function* fileRange(file: string, start: number, end: number): AsyncGenerator<Buffer> {
  if (end < start) return;
  const handle = await open(file);
  yield* handle.createReadStream({ start, end, highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>;
}
