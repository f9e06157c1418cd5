import { createContext, Script } from 'node:vm';
import { NativeFailure } from './udf.ts';

/** Some 2,000 values take milliseconds. */
const LONGEST_MS = 3000;

const place: { work: () => void } = { work: () => {} };
const context = createContext(place);
const script = new Script('work()');

/**
 * Does the work, but not for ever: a pattern such as `(x+x+)+y` goes through every way to part a text, on the thread
 * that serves all clients, and no stop of the query would be heard.
 */
export function bounded(work: () => void): void {
  place.work = work;
  try {
    script.runInContext(context, { timeout: LONGEST_MS });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    const what = `a pattern that takes more than ${LONGEST_MS / 1000} s`;
    throw new NativeFailure('NOT_SUPPORTED', `NotImplemented: ${what} is not implemented in the local lake`);
  } finally {
    place.work = () => {};
  }
}
