import type { LoadGroup } from './run.ts';
import { isOfData } from './statement.ts';

/** Failed statements are billed too: after so many of one table what fails together is not tried apart any more in this run. */
const MOST_TRIES = 20;

export interface Tries {
  failed: number;
}

export interface Halving {
  readonly load: (group: LoadGroup) => Promise<void>;
  /** True if there is room under the byte cap to read a group once more; it is taken then. */
  readonly mayRead: (group: LoadGroup) => boolean;
  /** Told of a group that is left out because of its data. */
  readonly failed: (group: LoadGroup, error: Error) => void;
  readonly tries: Tries;
}

/**
 * Loads a group. Where its statement fails because of the data it reads, one file may be the cause: the halves are tried by
 * themselves, until just the partitions with such files are left out, else one bad file would stop all days for good.
 */
export async function loadApart(group: LoadGroup, halving: Halving): Promise<void> {
  try {
    await halving.load(group);
  } catch (error) {
    if (!isOfData(error)) throw error;
    halving.tries.failed += 1;
    if (group.units.length < 2 || halving.tries.failed >= MOST_TRIES || !halving.mayRead(group)) {
      halving.failed(group, error);
      return;
    }
    for (const half of halvesOf(group)) await loadApart(half, halving);
  }
}

function halvesOf({ units, gaps }: LoadGroup): readonly LoadGroup[] {
  const middle = Math.ceil(units.length / 2);
  return [units.slice(0, middle), units.slice(middle)].map((some) => {
    return { units: some, from: some[0]!.from, to: some.at(-1)!.to, gaps };
  });
}
