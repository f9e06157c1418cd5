import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Run } from './workspace.ts';

/** What the process of verbs is asked: a script, its arguments, the folder to run it in. */
export interface Asked {
  readonly dir: string;
  readonly script: string;
  readonly args: readonly string[];
}

export interface WarmProcess {
  run(asked: Asked): Promise<Run>;
  stop(): void;
}

/**
 * A process that runs one verb after the other: starting Node, loading the SDK and warming the SQL grammar costs more than
 * most verbs do. The journey without-lake, test/commands, and whatever sets its own environment run each verb as a process.
 */
export function startWarmProcess(env: NodeJS.ProcessEnv): WarmProcess {
  let child: ChildProcess | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const start = (): ChildProcess => {
    const flags = ['--import', import.meta.resolve('tsx')];
    return fork(join(import.meta.dirname, 'warm-verbs.ts'), [], { env, execArgv: flags, stdio: 'inherit' });
  };
  return {
    run: (asked) => {
      const mine = last.then(() => {
        child ??= start();
        return answer(child, asked);
      });
      last = mine.catch(() => undefined);
      return mine;
    },
    stop: () => {
      child?.kill();
      child = undefined;
    },
  };
}

function answer(child: ChildProcess, asked: Asked): Promise<Run> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null): void => reject(new Error(`the process of verbs ended with ${code}`));
    child.once('exit', died);
    child.once('message', (run) => {
      child.off('exit', died);
      resolve(run as Run);
    });
    child.send(asked);
  });
}
