import { realpathSync } from 'node:fs';
import { sep } from 'node:path';

const realRoots = new Map<string, string>();

/** Throws where a symlink that somebody laid below `root` leads out of it. `folder` must exist. */
export function assertInside(root: string, folder: string): void {
  let realRoot = realRoots.get(root);
  if (realRoot === undefined) {
    realRoot = realpathSync(root);
    realRoots.set(root, realRoot);
  }
  const real = realpathSync(folder);
  if (real !== realRoot && !real.startsWith(realRoot + sep)) throw new Error('a symlink leads out of the lake');
}
