import { type Dirent, unlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** What a sweep asks of the store while that goes on working. */
export interface Swept {
  /** Paths of all files that an object has; may take several turns of the event loop. */
  readonly paths: () => AsyncIterable<string>;
  /** Whether an object was given this path after the sweep began. */
  readonly isFresh: (path: string) => boolean;
  readonly stopped: () => boolean;
}

/**
 * Removes files that no object names: a killed process leaves one where it died between naming the file and writing
 * the journal's line, or between the line and removing what it replaced. Nobody can see them; they only take space.
 */
export async function sweepOrphans(root: string, swept: Swept): Promise<number> {
  const known = new Set<string>();
  for await (const path of swept.paths()) known.add(path);
  let removed = 0;
  for await (const path of filesBelow(root)) {
    if (swept.stopped()) break;
    if (known.has(path) || swept.isFresh(path)) continue;
    unlinkSync(path);
    removed += 1;
  }
  return removed;
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

/** Hands the items on, and lets others have a turn now and then. */
export async function* inTurns<T>(items: Iterable<T>, size = 1000): AsyncGenerator<T> {
  let count = 0;
  for (const item of items) {
    yield item;
    count += 1;
    if (count % size === 0) await nextTurn();
  }
}
