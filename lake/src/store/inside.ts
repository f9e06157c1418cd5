import { existsSync, realpathSync } from 'node:fs';
import { dirname, sep } from 'node:path';

const realRoots = new Map<string, string>();

/** Throws where a symlink that somebody laid below `root` leads out of it. What of `folder` is not there yet is no link. */
export function assertInside(root: string, folder: string): void {
  let realRoot = realRoots.get(root);
  if (realRoot === undefined) {
    realRoot = realpathSync(root);
    realRoots.set(root, realRoot);
  }
  let there = folder;
  while (!existsSync(there)) there = dirname(there);
  const real = realpathSync(there);
  if (real !== realRoot && !real.startsWith(realRoot + sep)) throw new Error('a symlink leads out of the lake');
}
