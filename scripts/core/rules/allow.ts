import type { ChangeKind } from '../change/change.ts';
import type { Allowance } from '../model/definition.ts';
import type { Finding } from '../model/finding.ts';
import { isDay } from '../partition/index.ts';
import { fault } from './catalogue.ts';
import { type Context, fullName, type Rule, valueAt } from './context.ts';
import { isName } from './names.ts';

const ALLOW = 'pipeline/allow.yaml';
const MOST_DAYS = 90;

/** Changes of a plan that can be destructive, and what it refuses for the state that it finds. */
const ALLOWED_CHANGES = [
  'drop_database',
  'drop_table',
  'drop_view',
  'drop_column',
  'add_column',
  'change_column_type',
  'reorder_columns',
  'change_partition_columns',
  'change_location',
  'change_format',
  'change_serde',
  'change_projection',
  'change_retention',
  'set_property',
  'unset_property',
  'replace_view',
  'overwrite_drift',
  'take_over',
] as const satisfies readonly (ChangeKind | 'overwrite_drift' | 'take_over')[];

/** A drifted or foreign object may be one that is to go: whether it is defined says nothing. */
const ANY_OBJECT = ['overwrite_drift', 'take_over'];

export const allowRules: Rule = (context) => {
  const seen = new Set<string>();
  return context.definitions.allowances.flatMap((entry, index) => {
    const at = (key: string) => valueAt(context, ALLOW, [index, key]);
    const key = `${entry.object} ${entry.change}`;
    const twice = seen.has(key);
    seen.add(key);
    const found: Finding[] = [];
    if (twice) found.push(fault('allow-duplicate', at('object'), `a second entry for ${key}`, 'keep one of the two'));
    const known = (ALLOWED_CHANGES as readonly string[]).includes(entry.change);
    if (!known) {
      const message = `no plan makes a change ${JSON.stringify(entry.change)} that needs permission`;
      found.push(fault('allow-change', at('change'), message, `use one of ${ALLOWED_CHANGES.join(', ')}`));
    }
    const why = objectFault(context, entry, known);
    if (why !== undefined)
      found.push(fault('allow-object', at('object'), why, 'name it as the plan does: database.table'));
    const late = expiryFault(entry.expires, context.today);
    if (late !== undefined) found.push(fault('allow-expiry', at('expires'), late[0], late[1]));
    return found;
  });
};

function objectFault(context: Context, { object, change }: Allowance, known: boolean): string | undefined {
  const { lake, tables, views } = context.definitions;
  const [database, name, ...more] = object.split('.');
  const parts = change === 'drop_database' ? 1 : 2;
  if (more.length > 0 || !isName(database ?? '') || (name !== undefined && !isName(name))) {
    return `${JSON.stringify(object.slice(0, 80))} is no object name`;
  }
  if (!known || ANY_OBJECT.includes(change) || !context.trees.has('pipeline/lake.yaml')) return undefined;
  if ((name === undefined ? 1 : 2) !== parts)
    return `${change} is for ${parts === 1 ? 'a database' : 'a table or view'}`;
  const defined =
    name === undefined
      ? Object.hasOwn(lake.databases, database!)
      : [...tables, ...views].some((each) => fullName(each) === object);
  if (change.startsWith('drop_') && change !== 'drop_column') {
    return defined ? `${object} is still defined, so nothing would drop it` : undefined;
  }
  return defined ? undefined : `there is no table ${object}`;
}

function expiryFault(expires: string, today: string): readonly [string, string] | undefined {
  if (!isDay(expires)) return [`${JSON.stringify(expires)} is no day`, 'write it as "2025-01-31"'];
  if (expires < today) return [`it expired on ${expires}`, 'remove the entry'];
  const days = Math.round((Date.parse(expires) - Date.parse(today)) / 86_400_000);
  return days > MOST_DAYS ? [`it counts for ${days} more days`, `let it expire within ${MOST_DAYS} days`] : undefined;
}
