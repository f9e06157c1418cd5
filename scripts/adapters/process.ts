import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

/** Resolves after a while, or as soon as the signal aborts; does not keep the process alive by itself. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await wait(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

/** How a run is called in messages: the address of the workflow run, else the machine and process. */
export function thisRun(): string {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = process.env;
  if (GITHUB_RUN_ID) return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
  return `process ${process.pid} on ${hostname()}`;
}

/** True if the holder was a process of this machine that is no more. */
export function isDead(holder: { readonly host: string; readonly pid: number }): boolean {
  if (holder.host !== hostname()) return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
