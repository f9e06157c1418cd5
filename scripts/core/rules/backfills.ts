import type { Backfill } from '../model/definition.ts';
import type { Finding, Place } from '../model/finding.ts';
import { EARLIEST, isDay, isLakeDay, isTime, LATEST } from '../partition/index.ts';
import { fault } from './catalogue.ts';
import { type Context, fullName, type Rule, valueAt, yamlOf } from './context.ts';

/** A backfill names tables that can be loaded again by days, and days. */
export const backfillRules: Rule = (context) =>
  context.definitions.backfills.flatMap((backfill) => [
    ...name(backfill),
    ...tables(context, backfill),
    ...days(context, backfill),
  ]);

function name({ name, place }: Backfill): readonly Finding[] {
  if (/^[a-z0-9][a-z0-9_-]*$/.test(name)) return [];
  const message = `${JSON.stringify(name)} is no name for a backfill`;
  return [fault('backfill-name', place, message, 'use lower-case letters, digits, underscores and hyphens')];
}

function tables(context: Context, backfill: Backfill): readonly Finding[] {
  // A backfill that is over may name tables that are gone since.
  if (backfill.status !== 'open') return [];
  return backfill.tables.flatMap((key, index): Finding[] => {
    const place = valueAt(context, backfill.place.path, ['tables', index]);
    const refuse = (message: string, cure: string): Finding[] => [fault('backfill-table', place, message, cure)];
    if (backfill.tables.indexOf(key) !== index) return refuse(`${key} is here twice`, 'name each table once');
    const table = context.definitions.tables.find((each) => fullName(each) === key);
    if (table === undefined) return refuse(`there is no table ${key}`, 'name it as database.table');
    if (context.partial.has(yamlOf(table))) return [];
    if (table.load === undefined) return refuse(`nothing loads ${key}`, 'name tables that have a load');
    if (table.load.mode !== 'files') return [];
    return refuse(
      `${key} has mode files, which knows objects and no days`,
      'npm run load -- --table ... --from ... --to ...',
    );
  });
}

function days(context: Context, backfill: Backfill): readonly Finding[] {
  const { place, from, to, opened, except } = backfill;
  const at = (...steps: (string | number)[]) => valueAt(context, place.path, steps);
  const fields = Object.entries({ from, to }).filter(([, day]) => !isDay(day));
  const ranges = except.flatMap((range, index) => {
    if (!isDay(range.from) || !isDay(range.to)) {
      return [
        fault('backfill-days', at('except', index), 'this is no day', 'write "2024-01-31" or "2024-01-31..2024-02-05"'),
      ];
    }
    return range.from <= range.to
      ? []
      : [fault('backfill-days', at('except', index), 'the last day is before the first', 'swap them')];
  });
  const found = [
    ...fields.map(([key, day]) =>
      fault('backfill-days', at(key), `${JSON.stringify(day)} is no day`, 'write it as "2024-01-31"'),
    ),
    ...ranges,
    ...openedFault(opened, at('opened')),
  ];
  if (found.length > 0) return found;
  const far = Object.entries({ from, to }).find(([, day]) => !isLakeDay(day));
  if (far !== undefined) {
    const message = `${far[1]} is no day that a lake has data of`;
    return [fault('backfill-days', at(far[0]), message, `give a day from ${EARLIEST} to ${LATEST}`)];
  }
  if (from > to) return [fault('backfill-days', at('from'), `from ${from} is after to ${to}`, 'swap them')];
  const all = except.some((range) => range.from <= from && range.to >= to);
  return all ? [fault('backfill-days', at('except'), 'every day is left out', 'give a shorter range to except')] : [];
}

function openedFault(opened: string, place: Place): readonly Finding[] {
  if (isDay(opened) || isTime(opened)) return [];
  const cure = 'write it as "2024-01-31", or with a time and its zone: "2024-01-31T15:00+08:00"';
  return [fault('backfill-days', place, `${JSON.stringify(opened)} is neither a day nor a time`, cure)];
}
