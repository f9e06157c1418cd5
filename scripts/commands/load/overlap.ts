import pMap from 'p-map';

/** Runs one piece of work after the other, in the order in which they came, and none after one that failed. */
export type Turnstile = <T>(work: () => Promise<T>) => Promise<T>;

export function oneAtATime(): Turnstile {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine;
    return mine;
  };
}

/**
 * Does each, the next one beginning while the one before is at its end: a group's rows are checked and published while
 * those of the next are written. After an error no other begins, and it is thrown when what runs has ended.
 */
export async function overlapped<T>(all: readonly T[], each: (one: T) => Promise<void>): Promise<void> {
  const errors: unknown[] = [];
  await pMap(
    all,
    async (one) => {
      if (errors.length > 0) return;
      await each(one).catch((error: unknown) => errors.push(error));
    },
    { concurrency: 2 },
  );
  if (errors.length > 0) throw errors[0];
}
