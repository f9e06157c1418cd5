import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { must } from './run.ts';

/** Where the heavy suites keep what they install: WEIR_CACHE, or `weir` in the user's cache folder. */
export function cacheFolder(): string {
  return process.env.WEIR_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'weir');
}

/**
 * Makes something once: `make` fills a folder, and a mark is left in it when that has come to its end, so that an
 * installation that was broken off begins anew.
 */
export async function madeOnce(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder(), name);
  const mark = join(folder, '.complete');
  if (existsSync(mark)) return folder;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await make(folder);
  await writeFile(mark, '');
  return folder;
}

/** A Python environment with the pinned packages of a file; WEIR_PYTHON_VENV names one to use as it is. */
export async function pythonEnvironment(requirements: string): Promise<string> {
  const given = process.env.WEIR_PYTHON_VENV;
  if (given) return given;
  const text = await readFile(requirements, 'utf8');
  const id = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return madeOnce(`python-${id}`, async (folder) => {
    await must('python3', ['-m', 'venv', folder]);
    await must(join(folder, 'bin/pip'), ['install', '--quiet', '--requirement', requirements]);
  });
}
