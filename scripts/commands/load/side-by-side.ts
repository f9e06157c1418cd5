import pMap from 'p-map';

/** How many groups of one table are under way at once: one's rows are written while another's are checked and published. */
const GROUPS = 2;

/** Does each, two at a time. After an error no other begins, and it is thrown when what runs has ended. */
export async function sideBySide<T>(all: readonly T[], each: (one: T) => Promise<void>): Promise<void> {
  const errors: unknown[] = [];
  await pMap(
    all,
    async (one) => {
      if (errors.length > 0) return;
      await each(one).catch((error: unknown) => errors.push(error));
    },
    { concurrency: GROUPS },
  );
  if (errors.length > 0) throw errors[0];
}
