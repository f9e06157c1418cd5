import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');

export interface Finished {
  readonly stdout: string;
  readonly seconds: number;
  /** Most memory that the process held at once, in bytes; undefined where the platform does not tell (no /proc). */
  readonly peakBytes: number | undefined;
}

/** Runs a TypeScript file of the repository to its end as a process of its own; throws with its output if it fails. */
export async function runScript(script: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, script), ...args], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = (): void => void child.kill('SIGTERM');
  process.once('SIGINT', stop);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const memory = watchMemory(child);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  process.off('SIGINT', stop);
  const peakBytes = memory.stop();
  if (code !== 0) throw new Error(`${script} ${args.join(' ')} ended with ${code}\n${stdout}${stderr}`);
  return { stdout, seconds: (performance.now() - started) / 1000, peakBytes };
}

/** Follows a process's high-water mark of resident memory until it is stopped. */
export function watchMemory(child: ChildProcess): { stop(): number | undefined } {
  let peak: number | undefined;
  const look = (): void => {
    try {
      const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      if (kilobytes !== undefined) peak = Number(kilobytes) * 1024;
    } catch {
      // The process has ended, or there is no /proc: what was seen so far stands.
    }
  };
  const timer = setInterval(look, 50);
  return {
    stop: () => {
      look();
      clearInterval(timer);
      return peak;
    },
  };
}

/** What a process holds in memory now; undefined where the platform does not tell. */
export function residentBytes(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
