import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLakeProcess } from '../test/lake-process.ts';
import { median, timed } from './lake-client.ts';

const STARTS = 5;

export interface Starts {
  readonly emptyMs: number;
  readonly filledMs: number;
}

/** Median time from the start of the process to the line with the address; every start but the first is a restart. */
export async function startMs(dir: string): Promise<number> {
  const taken: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const { ms, value } = await timed(() => startLakeProcess(dir));
    taken.push(ms);
    await value.stop();
  }
  return median(taken);
}

/** The same, each time on a folder that is not there yet. */
export async function emptyStartMs(): Promise<number> {
  const taken: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const dir = await mkdtemp(join(tmpdir(), 'weir-start-'));
    const { ms, value } = await timed(() => startLakeProcess(join(dir, 'lake')));
    taken.push(ms);
    await value.stop();
    await rm(dir, { recursive: true, force: true });
  }
  return median(taken);
}
