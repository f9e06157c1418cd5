import { CHECK_KINDS } from '../define/checks.ts';
import { child, itemsOf, type Path, type Tree, textOf } from '../define/tree.ts';
import { type HiveType, readType } from '../define/types.ts';
import type { Check, Column, TableDefinition } from '../model/definition.ts';
import type { Finding, Place } from '../model/finding.ts';
import { isDay } from '../partition/index.ts';
import { fault } from './catalogue.ts';
import { type Context, folderOf, fullName, keyAt, type Rule, valueAt, yamlOf } from './context.ts';
import { rowCount } from './row-counts.ts';

export const checkRules: Rule = (context) =>
  context.definitions.tables
    .filter((table) => table.rejectsOf === undefined)
    .flatMap((table) => [...names(context, table), ...each(context, table), ...files(context, table)]);

/** One entry of `checks`, with its place in the file. */
interface CheckAt {
  readonly check: Check;
  readonly index: number;
}

/** The tree's entries and the model's checks, side by side; entries that the schema refused have no check. */
function pairs(context: Context, table: TableDefinition): readonly CheckAt[] {
  return itemsOf(child(context.trees.get(yamlOf(table)), 'checks')).flatMap((item, index) => {
    const check = table.checks.find((candidate) => candidate.place === item.place);
    return check === undefined ? [] : [{ check, index }];
  });
}

function names(context: Context, table: TableDefinition): readonly Finding[] {
  const seen = new Set<string>();
  const found = pairs(context, table).flatMap(({ check, index }): Finding[] => {
    const place = valueAt(context, yamlOf(table), ['checks', index, 'name']);
    const twice = seen.has(check.name);
    seen.add(check.name);
    if (twice)
      return [fault('check-name', place, `there are two checks ${check.name}`, 'give one of them a name of its own')];
    if (/^[a-z][a-z0-9_]*$/.test(check.name)) return [];
    const message = `${JSON.stringify(check.name.slice(0, 80))} is no name for a check`;
    return [fault('check-name', place, message, 'use lower-case letters, digits and underscores')];
  });
  const tree = context.trees.get(yamlOf(table));
  if (table.checks.length === 0 || child(tree, 'load') !== undefined) return found;
  const place = keyAt(context, yamlOf(table), ['checks']);
  return [
    ...found,
    fault('check-unloaded', place, 'nothing loads this table, so its checks never run', 'remove them, or add a load'),
  ];
}

function each(context: Context, table: TableDefinition): readonly Finding[] {
  const known = [...table.columns, ...table.partitions];
  return pairs(context, table).flatMap(({ check: { rule }, index }): readonly Finding[] => {
    const at = (...steps: Path): Place => valueAt(context, yamlOf(table), ['checks', index, rule.kind, ...steps]);
    switch (rule.kind) {
      case 'not_null':
      case 'unique':
        return rule.columns.flatMap((name, position) => unknownColumn(context, table, name, at(position)));
      case 'row_count':
      case 'row_share':
        return rowCount(context, table, rule, index);
      case 'freshness':
        if (rule.column === undefined) return [];
        return [
          ...unknownColumn(context, table, rule.column, at('column')),
          ...freshness(known, rule.column, at('column')),
        ];
      case 'sql':
        return [];
      default: {
        const faults = unknownColumn(context, table, rule.column, at('column'));
        const column = known.find((candidate) => candidate.name === rule.column);
        if (faults.length > 0 || column === undefined) return faults;
        if (rule.kind === 'accepted_values') return values(column, rule.values, at);
        if (rule.kind === 'range') return range(column, rule.min, rule.max, at);
        if (rule.kind === 'regex') return regex(column, rule.pattern, at);
        return relationship(context, rule.to, at('to'));
      }
    }
  });
}

function unknownColumn(context: Context, table: TableDefinition, name: string, place: Place): readonly Finding[] {
  const known = [...table.columns, ...table.partitions].map((column) => column.name);
  if (known.includes(name) || context.partial.has(yamlOf(table))) return [];
  return [
    fault(
      'check-column',
      place,
      `${JSON.stringify(name)} is not a column`,
      `use one of ${known.slice(0, 20).join(', ')}`,
    ),
  ];
}

function freshness(known: readonly Column[], name: string, place: Place): readonly Finding[] {
  const column = known.find((each) => each.name === name);
  if (column === undefined || sortOf(column) === 'day' || sortOf(column) === 'time') return [];
  const message = `${name} is ${column.type}: it has no days`;
  return [
    fault('check-freshness', place, message, 'name a date or timestamp column, or none for the newest partition'),
  ];
}

type Sort = 'number' | 'text' | 'boolean' | 'day' | 'time' | 'other';

function sortOf(column: Column): Sort {
  const reading = readType(column.type);
  const type: HiveType | undefined = 'type' in reading ? reading.type : undefined;
  if (type?.kind === 'decimal') return 'number';
  if (type?.kind === 'text') return 'text';
  if (type?.kind !== 'primitive') return 'other';
  if (type.name === 'string') return 'text';
  if (type.name === 'date') return 'day';
  if (type.name === 'timestamp') return 'time';
  if (type.name === 'boolean') return 'boolean';
  return type.name === 'binary' ? 'other' : 'number';
}

const TIME = /^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?)?$/;

function fits(value: string | number | boolean, sort: Sort): boolean {
  switch (sort) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'text':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'day':
      return typeof value === 'string' && isDay(value);
    case 'time':
      return typeof value === 'string' && TIME.test(value) && isDay(value.slice(0, 10));
    case 'other':
      return false;
  }
}

const HOW: Readonly<Record<Sort, string>> = {
  number: 'write numbers without quotes',
  text: 'write text in quotes',
  boolean: 'write true or false',
  day: 'write days as "2024-01-31"',
  time: 'write times as "2024-01-31 07:00:00"',
  other: 'check another column: this type has no plain values',
};

type At = (...steps: Path) => Place;

function values(column: Column, list: readonly (string | number | boolean)[], at: At): readonly Finding[] {
  const sort = sortOf(column);
  return list.flatMap((value, index) => {
    const place = at('values', index);
    const shown = JSON.stringify(value);
    if (!fits(value, sort))
      return [fault('check-values', place, `${shown} is no value of a ${column.type} column`, HOW[sort])];
    if (list.indexOf(value) === index) return [];
    return [fault('check-values', place, `${shown} is here twice`, 'list each value once')];
  });
}

function range(
  column: Column,
  min: number | string | undefined,
  max: number | string | undefined,
  at: At,
): readonly Finding[] {
  const sort = sortOf(column);
  if (min === undefined && max === undefined) return [fault('check-range', at(), 'no bounds', 'give min, max or both')];
  for (const [key, bound] of [
    ['min', min],
    ['max', max],
  ] as const) {
    if (bound === undefined || (sort !== 'boolean' && fits(bound, sort))) continue;
    const message = `${JSON.stringify(bound)} is no bound for a ${column.type} column`;
    return [fault('check-range', at(key), message, sort === 'boolean' ? HOW.other : HOW[sort])];
  }
  if (min === undefined || max === undefined || min <= max) return [];
  return [fault('check-range', at('min'), `min ${min} is above max ${max}`, 'swap them')];
}

function regex(column: Column, pattern: string, at: At): readonly Finding[] {
  if (sortOf(column) !== 'text') {
    return [
      fault(
        'check-regex',
        at('column'),
        `${column.name} is ${column.type}, not text`,
        'check it by range or accepted_values',
      ),
    ];
  }
  try {
    // Trino's patterns are Java's: flags in front, possessive quantifiers and \Q..\E are not JavaScript's.
    new RegExp(pattern.replace(/^\(\?[imsxu]+\)/, '').replace(/([*+?}])\+/g, '$1'));
    return [];
  } catch (error) {
    const why = (error as Error).message.replace(/^.*: /s, '');
    return [fault('check-regex', at('pattern'), `no regular expression: ${why}`, 'correct the pattern')];
  }
}

function relationship(
  context: Context,
  to: { database: string; table: string; column: string },
  place: Place,
): readonly Finding[] {
  const { tables, views } = context.definitions;
  const target = [...tables, ...views].find((object) => fullName(object) === `${to.database}.${to.table}`);
  if (target === undefined) {
    const folder = `pipeline/tables/${to.database}/${to.table}/table.yaml`;
    if (context.texts.has(folder)) return [];
    return [
      fault(
        'check-relationship',
        place,
        `there is no table ${to.database}.${to.table}`,
        'name a table that is defined',
      ),
    ];
  }
  const known = [...target.columns, ...(target.kind === 'table' ? target.partitions : [])].map((column) => column.name);
  if (known.includes(to.column) || context.partial.has(yamlOf(target))) return [];
  return [
    fault(
      'check-relationship',
      place,
      `${fullName(target)} has no column ${to.column}`,
      `use one of ${known.slice(0, 20).join(', ')}`,
    ),
  ];
}

/** Own checks: every `sql` names a file, every file is named; a `to` that is no triple was left out by the reader. */
function files(context: Context, table: TableDefinition): readonly Finding[] {
  const tree = context.trees.get(yamlOf(table));
  if (tree === undefined) return [];
  const items = itemsOf(child(tree, 'checks'));
  const named = new Set<string>();
  const found = items.flatMap((item, index): Finding[] => {
    if (CHECK_KINDS.filter((kind) => child(item, kind) !== undefined).length !== 1) return [];
    const to = textOf(child(child(item, 'relationships'), 'to'));
    if (to !== undefined && !/^[^.]+\.[^.]+\.[^.]+$/.test(to)) {
      const place = valueAt(context, yamlOf(table), ['checks', index, 'relationships', 'to']);
      return [
        fault('check-relationship', place, `${JSON.stringify(to)} names no column`, 'write database.table.column'),
      ];
    }
    return missingFile(context, table, child(item, 'sql'), named);
  });
  const home = `${folderOf(table)}/checks/`;
  const idle = [...context.texts.keys()].filter(
    (path) => path.startsWith(home) && /^[^/]+\.sql$/.test(path.slice(home.length)),
  );
  return [
    ...found,
    ...idle
      .filter((path) => !named.has(path))
      .map((path) => {
        const name = path.slice(home.length, -'.sql'.length);
        return fault(
          'check-sql',
          { path, line: 1, column: 1 },
          'no check uses this file',
          `add - sql: ${name} to checks, or remove the file`,
        );
      }),
  ];
}

function missingFile(context: Context, table: TableDefinition, tree: Tree | undefined, named: Set<string>): Finding[] {
  const name = textOf(tree);
  if (name === undefined || tree === undefined) return [];
  const path = `${folderOf(table)}/checks/${name}.sql`;
  named.add(path);
  if (/^[a-z][a-z0-9_]*$/.test(name) && context.texts.has(path)) return [];
  return [
    fault(
      'check-sql',
      tree.place,
      `there is no checks/${name.slice(0, 80)}.sql`,
      'write the SELECT that gives the offending rows there',
    ),
  ];
}
