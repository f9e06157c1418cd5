import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ActualLake } from '../core/model/actual.ts';
import { UserError } from '../core/model/exit.ts';
import { readSnapshotFiles, type SnapshotFile } from '../core/plan/snapshot.ts';

/**
 * Reads an environment's snapshot. An empty folder, or the usual one that is missing, is an empty catalog: before the first
 * apply there is none.
 */
export async function readSnapshot(
  dir: string,
  environment: string,
  usual = dir,
): Promise<{ readonly lake: ActualLake; readonly note: string }> {
  const paths = await readdir(dir, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if ((error.code === 'ENOENT' || error.code === 'ENOTDIR') && dir === usual) return [];
    throw new UserError(`the snapshot ${dir} cannot be read (${error.code})`, 'give its folder with --snapshot');
  });
  const files: SnapshotFile[] = [];
  for (const path of paths.map((each) => each.replaceAll('\\', '/')).filter(isSnapshotFile)) {
    files.push({ path, text: await readFile(join(dir, path), 'utf8') });
  }
  if (files.length === 0) {
    return {
      lake: { databases: [], tables: [] },
      note: `There is no catalog snapshot in ${dir} yet: the plan is made against an empty catalog.`,
    };
  }
  const snapshot = parse(dir, files);
  if (snapshot === undefined) {
    throw new UserError(`${dir} holds no catalog snapshot that this Weir reads`, 'make it anew with npm run snapshot');
  }
  if (snapshot.environment !== environment) {
    throw new UserError(
      `${dir} is a snapshot of environment ${snapshot.environment}, not of ${environment}`,
      `use --env ${snapshot.environment}, or the folder of the other snapshot`,
    );
  }
  return { lake: snapshot.lake, note: `Catalog snapshot of ${snapshot.environment}.` };
}

function parse(dir: string, files: readonly SnapshotFile[]): ReturnType<typeof readSnapshotFiles> {
  try {
    return readSnapshotFiles(files);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`the snapshot ${dir} cannot be read: ${why}`, 'make it anew with npm run snapshot');
  }
}

/** The folder may be a checkout, and hold other things too. */
function isSnapshotFile(path: string): boolean {
  return path === 'snapshot.json' || /^[^./][^/]*\/(database|[^/]+\.table)\.json$/.test(path);
}

/** Writes a snapshot's files and removes those of objects that are gone; nothing else of the folder is touched. */
export async function writeSnapshot(dir: string, files: readonly SnapshotFile[]): Promise<void> {
  const kept = new Set(files.map((file) => file.path));
  const there = await readdir(dir, { recursive: true }).catch(() => []);
  for (const path of there.map((each) => each.replaceAll('\\', '/'))) {
    if (isSnapshotFile(path) && !kept.has(path)) await rm(join(dir, path));
  }
  for (const file of files) {
    const path = join(dir, file.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.text);
  }
}
