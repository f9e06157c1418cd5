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
