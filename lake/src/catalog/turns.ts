/** Runs tasks one after another; a task that fails does not hold up the next. */
export interface Turns {
  take<T>(task: () => Promise<T>): Promise<T>;
  /** Resolves when every task taken so far has ended. */
  idle(): Promise<void>;
}

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    take(task) {
      const run = last.then(task, task);
      last = run.catch(() => undefined);
      return run;
    },
    async idle() {
      await last;
    },
  };
}
