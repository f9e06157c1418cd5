import { lstatSync, realpathSync } from 'node:fs';
import { dirname, sep } from 'node:path';

const realRoots = new Map<string, string>();

/** What stands at a place is not of the lake. */
export class LeadsOutside extends Error {
  constructor() {
    super('a symlink leads out of the lake');
    this.name = 'LeadsOutside';
  }
}

/** Throws where a symlink that somebody laid below `root` leads out of it. What of `path` is not there yet is no link. */
export function assertInside(root: string, path: string): void {
  let realRoot = realRoots.get(root);
  if (realRoot === undefined) {
    realRoot = realpathSync(root);
    realRoots.set(root, realRoot);
  }
  let there = path;
  while (lstatSync(there, { throwIfNoEntry: false }) === undefined) there = dirname(there);
  const real = realOf(there);
  if (real !== realRoot && !real?.startsWith(realRoot + sep)) throw new LeadsOutside();
}

/** Undefined for a link that leads nowhere: a write would make what it names. */
function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
