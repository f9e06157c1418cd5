import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The git commit that a folder is at: GITHUB_SHA in a workflow, else what git says; empty outside of git. */
export async function currentCommit(dir: string): Promise<string> {
  const given = process.env.GITHUB_SHA;
  if (given) return given;
  try {
    const { stdout } = await promisify(execFile)('git', ['rev-parse', 'HEAD'], { cwd: dir });
    return stdout.trim();
  } catch {
    return '';
  }
}

/** The first line of a commit's message, where git knows the commit. */
export async function commitSubject(dir: string, commit: string): Promise<string | undefined> {
  if (!/^[0-9a-f]{7,64}$/.test(commit)) return undefined;
  try {
    const { stdout } = await promisify(execFile)('git', ['log', '-1', '--format=%s', commit], { cwd: dir });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
