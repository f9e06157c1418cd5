import type { Finding, Place } from '../model/finding.ts';
import { STAGING } from '../normalize/desired.ts';
import { fault, type RuleId } from './catalogue.ts';
import { type Context, fullName, keyAt, valueAt, yamlOf } from './context.ts';
import { isReserved } from './reserved.ts';

const LAKE = 'pipeline/lake.yaml';
/** https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html; a letter first needs no quoting. */
const NAME = /^[a-z][a-z0-9_]{0,254}$/;
const CURE = 'use lower-case letters, digits and underscores, a letter first, at most 255';

export function isName(name: string): boolean {
  return NAME.test(name);
}

export function nameRules(context: Context): readonly Finding[] {
  return [...databases(context), ...objects(context), ...renames(context)];
}

function databases(context: Context): readonly Finding[] {
  const { lake } = context.definitions;
  // The longest prefix takes its part of the 255 characters.
  const prefix = Math.max(0, ...Object.values(lake.environments).map((environment) => environment.prefix.length));
  return Object.keys(lake.databases).flatMap((database) => {
    const place = keyAt(context, LAKE, ['databases', database]);
    if (!isName(database) || database.length + prefix > 255)
      return [refuse('database-name', place, database, 'database')];
    // What stands there is dropped: a load has no other place where it may.
    if (database === STAGING) {
      const message = `${database} is where loads keep their temporary tables`;
      return [fault('database-name', place, message, 'choose another name; apply makes that database by itself')];
    }
    return reserved(place, database);
  });
}

function objects(context: Context): readonly Finding[] {
  const { lake, tables, views } = context.definitions;
  const known = new Set(tables.map(fullName));
  return [...tables, ...views].flatMap((object) => {
    const place: Place = { path: yamlOf(object), line: 1, column: 1 };
    const found: Finding[] = [];
    if (context.trees.has(LAKE) && !Object.hasOwn(lake.databases, object.database)) {
      const message = `the folder's database ${JSON.stringify(object.database)} is not in lake.yaml`;
      found.push(
        fault('unknown-database', place, message, 'add it to databases in pipeline/lake.yaml, or rename the folder'),
      );
    }
    if (!isName(object.name)) found.push(refuse('object-name', place, object.name, object.kind));
    else found.push(...reserved(place, object.name));
    if (object.kind === 'view' && known.has(fullName(object))) {
      const message = `${fullName(object)} is a table too`;
      found.push(fault('table-and-view', place, message, 'rename one: tables and views share their names'));
    }
    return found;
  });
}

function refuse(rule: RuleId, place: Place, name: string, kind: string): Finding {
  return fault(rule, place, `${JSON.stringify(name.slice(0, 80))} is no ${kind} name`, CURE);
}

function reserved(place: Place, name: string): readonly Finding[] {
  if (!isReserved(name)) return [];
  return [fault('reserved-name', place, `${name} is a reserved word`, 'choose a name that no statement has to quote')];
}

function renames(context: Context): readonly Finding[] {
  const { tables, views } = context.definitions;
  const known = new Set([...tables, ...views].map(fullName));
  const claimed = new Set<string>();
  return tables.flatMap((table) => {
    const former = table.renamedFrom;
    if (former === undefined) return [];
    const place = valueAt(context, yamlOf(table), ['renamed_from']);
    const full = `${table.database}.${former}`;
    const twice = claimed.has(full);
    claimed.add(full);
    if (!isName(former)) return [fault('renamed-from', place, `${JSON.stringify(former)} is no table name`, CURE)];
    if (former === table.name) {
      return [
        fault(
          'renamed-from',
          place,
          'the table has this name now',
          'write the name that it had before, or remove the key',
        ),
      ];
    }
    if (known.has(full)) {
      return [fault('renamed-from', place, `${full} is still defined`, 'remove the old folder, or this key')];
    }
    return twice
      ? [fault('renamed-from', place, `another table says it was ${full}`, 'only one table can have had the name')]
      : [];
  });
}
