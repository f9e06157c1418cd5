import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { logText } from '../core/render/text.ts';
import { currentCommit } from './commit.ts';
import type { OpenEnvironment } from './environment.ts';
import { isDead, sleep, thisRun } from './process.ts';
import { progressLine } from './progress.ts';

/** Who runs, when, and from which commit. */
export async function runFacts(dir: string) {
  const holder = { run: thisRun(), host: hostname(), pid: process.pid };
  return { now: Date.now, holder, commit: await currentCommit(dir) };
}

/** Everything of a load's context that comes from this process and machine: clock, chance, commit, output. */
export async function surroundings(open: OpenEnvironment, dir: string, json: boolean) {
  return {
    environment: open.environment,
    glue: open.glue,
    athena: open.athena,
    s3: open.s3,
    ...(open.sns === undefined ? {} : { sns: open.sns }),
    ...(await runFacts(dir)),
    nonce: () => randomBytes(4).toString('hex'),
    sleep,
    abandoned: (holder: { readonly host: string; readonly pid: number }) => open.environment.local && isDead(holder),
    // With --json standard output holds the result alone.
    say: (line: string) => void (json ? process.stderr : process.stdout).write(`${logText(line)}\n`),
    progress: progressLine(),
  };
}
