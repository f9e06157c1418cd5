import { type Asked, keyOf, type LoadedTable } from '../../core/load/index.ts';
import { UserError } from '../../core/model/exit.ts';
import { EARLIEST, isDay, isLakeDay, LATEST } from '../../core/partition/index.ts';
import type { LoadOptions } from '../load.ts';
import { shorten } from './report.ts';

/**
 * The days that flags ask for; undefined where none do. Each day of a range is looked at by itself, so millions of them would
 * take minutes before anything is said.
 */
export function rangeAsked({ from, to }: Pick<LoadOptions, 'from' | 'to'>): Asked['range'] {
  for (const [flag, day] of Object.entries({ from, to })) {
    if (day !== undefined && !isDay(day)) {
      throw new UserError(
        `--${flag} ${JSON.stringify(day)} is not a day`,
        'give a day as yyyy-MM-dd, for instance 2025-03-23',
      );
    }
    if (day !== undefined && !isLakeDay(day)) {
      const cure = `give a day from ${EARLIEST} to ${LATEST}; without --from it is all from load.start on, without --to up to yesterday`;
      throw new UserError(`--${flag} ${day} is no day that a lake has data of`, cure);
    }
  }
  if (from !== undefined && to !== undefined && from > to) {
    throw new UserError(`--from ${from} is after --to ${to}`, 'give the earlier day to --from');
  }
  return from === undefined && to === undefined ? undefined : { from, to };
}

/** The tables that flags name, in their order of loading; all of them where none is named. */
export function chosen(order: readonly LoadedTable[], names: readonly string[]): readonly LoadedTable[] {
  if (names.length === 0) return order;
  const found = names.map((name) => {
    const matches = order.filter((table) => keyOf(table) === name || table.name === name);
    if (matches.length === 1) return matches[0]!;
    const known = order.map(keyOf);
    const why = matches.length === 0 ? 'no table with a load is called' : 'several tables are called';
    throw new UserError(`${why} ${JSON.stringify(name)}`, `give one of: ${shorten(known, 20)}`);
  });
  return order.filter((table) => found.includes(table));
}
