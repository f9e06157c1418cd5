import { HISTORY } from '../define/history.ts';
import { child } from '../define/tree.ts';
import type { PartitionColumn, ProjectedColumn, TableDefinition } from '../model/definition.ts';
import type { Finding } from '../model/finding.ts';
import { firstDayOf, parseValue } from '../partition/index.ts';
import { fault } from './catalogue.ts';
import { type Context, keyAt, valueAt, yamlOf } from './context.ts';

export function partitionRules(context: Context): readonly Finding[] {
  const written = context.definitions.tables.filter((table) => table.database !== HISTORY);
  return written.flatMap((table) => [
    ...dates(context, table),
    ...gaps(context, table),
    ...projections(context, table),
  ]);
}

const TOKENS = /yyyy|MM|M|dd|d/g;

/** The date parts that a format spells; undefined for what is no such format. */
export function dateTokens(format: string): readonly ('year' | 'month' | 'day')[] | undefined {
  const tokens = format.match(TOKENS) ?? [];
  const rest = format.replace(TOKENS, '');
  const parts = tokens.map((token) => (token === 'yyyy' ? 'year' : token.startsWith('M') ? 'month' : 'day'));
  if (!/^[-_./]*$/.test(rest) || tokens.length === 0 || new Set(parts).size < parts.length) return undefined;
  // 1112 is November 12 or January 112: parts of open length need something between them.
  return /(^|[^M])M(?=[yd])|(^|[^d])d(?=[yM])|(yyyy|MM|dd)(M(?!M)|d(?!d))/.test(format) ? undefined : parts;
}

function dates(context: Context, table: TableDefinition): readonly Finding[] {
  return table.partitions.flatMap((column, index) => {
    if (column.date === undefined) return [];
    const place = valueAt(context, yamlOf(table), ['partitions', index, 'date']);
    if (dateTokens(column.date) === undefined) {
      const message = `${JSON.stringify(column.date)} spells no date`;
      return [fault('partition-date', place, message, 'use yyyy, MM, M, dd, d and separators, such as yyyy-MM-dd')];
    }
    if (column.type === 'date' && column.date !== 'yyyy-MM-dd') {
      return [
        fault(
          'partition-date',
          place,
          'a column of type date is spelled yyyy-MM-dd',
          'write yyyy-MM-dd, or make the column a string',
        ),
      ];
    }
    const whole = ['int', 'bigint', 'smallint', 'tinyint'].includes(column.type);
    if (whole && /[^yMd]/.test(column.date)) {
      return [fault('partition-date', place, `${column.date} is not a whole number`, 'make the column a string')];
    }
    return [];
  });
}

function gaps(context: Context, table: TableDefinition): readonly Finding[] {
  const parts = new Set(table.partitions.flatMap((column) => dateTokens(column.date ?? '') ?? []));
  const lacking =
    parts.has('day') && !parts.has('month') ? 'month' : parts.size > 0 && !parts.has('year') ? 'year' : undefined;
  if (lacking === undefined || table.partitions.some((column) => column.date !== undefined && !dateTokens(column.date)))
    return [];
  const index = table.partitions.findIndex((column) => column.date !== undefined);
  const place = valueAt(context, yamlOf(table), ['partitions', index, 'date']);
  const cure = `add a partition column that spells the ${lacking}`;
  return [fault('partition-date-gap', place, `the partition columns do not say which ${lacking}`, cure)];
}

function projections(context: Context, table: TableDefinition): readonly Finding[] {
  const { projection } = table;
  if (projection === undefined) return [];
  const path = yamlOf(table);
  const tree = context.trees.get(path);
  const found: Finding[] = [];
  if (child(tree, 'load') !== undefined) {
    const cure = 'remove projection: a load registers its partitions';
    found.push(
      fault(
        'projection-loaded',
        keyAt(context, path, ['projection']),
        'a load cannot publish into reckoned partitions',
        cure,
      ),
    );
  }
  const projected = child(child(tree, 'projection'), 'columns');
  const names = projected?.kind === 'map' ? projected.entries.map((entry) => entry.key) : [];
  for (const name of names) {
    const column = table.partitions.find((each) => each.name === name);
    const place = keyAt(context, path, ['projection', 'columns', name]);
    if (column === undefined) {
      const cure = 'add it to partitions, or remove it here';
      found.push(fault('projection-column', place, `${JSON.stringify(name)} is not a partition column`, cure));
      continue;
    }
    const rule = Object.hasOwn(projection.columns, name) ? projection.columns[name] : undefined;
    if (rule !== undefined) found.push(...projectedColumn(context, table, column, rule));
  }
  for (const column of table.partitions.filter((each) => !names.includes(each.name))) {
    const message = `${column.name} is not projected`;
    const cure = 'projection wants every partition column';
    found.push(fault('projection-missing', keyAt(context, path, ['projection', 'columns']), message, cure));
  }
  return [...found, ...template(context, table)];
}

function projectedColumn(
  context: Context,
  table: TableDefinition,
  column: PartitionColumn,
  rule: ProjectedColumn,
): readonly Finding[] {
  const steps = ['projection', 'columns', column.name];
  const place = (key: string) => valueAt(context, yamlOf(table), [...steps, key]);
  const whole = ['int', 'bigint', 'smallint', 'tinyint'].includes(column.type);
  if (rule.type === 'date') {
    if (column.date === undefined) {
      return [
        fault(
          'projection-type',
          place('type'),
          `${column.name} has no date format`,
          `add date: yyyy-MM-dd to the partition column`,
        ),
      ];
    }
    for (const key of ['from', 'to'] as const) {
      if (isBound(rule[key], column.date)) continue;
      const cure = `spell it ${column.date}, or NOW, or NOW-3YEARS`;
      return [
        fault('projection-range', place(key), `${JSON.stringify(rule[key])} is not spelled as the column is`, cure),
      ];
    }
    const [first, last] = [dayOf(rule.from, column.date), dayOf(rule.to, column.date)];
    if (first !== '' && last !== '' && first > last) return [turned(place('from'))];
    // Athena knows a step by itself only where the format ends in a day or a month.
    const single = (dateTokens(column.date) ?? []).includes('day') || (dateTokens(column.date) ?? []).includes('month');
    if (!single && (rule.interval === undefined || rule.unit === undefined)) {
      return [
        fault(
          'projection-range',
          place('type'),
          `a step is missing: ${column.date} has no day or month`,
          'add interval: 1 and unit: YEARS',
        ),
      ];
    }
    return [];
  }
  if (rule.type === 'integer') {
    if (!whole && column.type !== 'string') {
      return [
        fault('projection-type', place('type'), `${column.type} is not an integer`, 'make the column int or string'),
      ];
    }
    if (rule.from > rule.to) return [turned(place('from'))];
    return padding(column, rule.digits, place('type'));
  }
  if (column.type === 'date' && rule.type === 'enum') {
    return [fault('projection-type', place('type'), 'a date column is projected as enum', 'use type: date')];
  }
  return [];
}

/** MM and dd are padded; integer projection pads only if it is told to. */
function padding(column: PartitionColumn, digits: number | undefined, place: Finding['place']): readonly Finding[] {
  const wants = column.date === 'MM' || column.date === 'dd' ? 2 : undefined;
  const unpadded = column.date === 'M' || column.date === 'd';
  if (wants !== undefined && digits !== wants) {
    return [fault('projection-type', place, `${column.date} has two digits, the projection has not`, 'add digits: 2')];
  }
  if (unpadded && digits !== undefined && digits > 1) {
    return [fault('projection-type', place, `${column.date} is not padded, the projection is`, 'remove digits')];
  }
  return [];
}

const turned = (place: Finding['place']): Finding =>
  fault('projection-range', place, 'the range ends before it begins', 'swap from and to');

const NOW = /^NOW\s*([+-]\s*[0-9]{1,6}\s*(YEARS?|MONTHS?|WEEKS?|DAYS?|HOURS?|MINUTES?|SECONDS?))?$/;

function isBound(text: string, format: string): boolean {
  return NOW.test(text) || dayOf(text, format) !== '';
}

/** yyyy-MM-dd of a value in a format, for comparing; empty for what is not in the format (NOW among them). */
function dayOf(text: string, format: string): string {
  const fields = parseValue(format, text);
  return (fields && firstDayOf({ year: 2000, ...fields })) ?? '';
}

function template(context: Context, table: TableDefinition): readonly Finding[] {
  const text = table.projection?.template;
  if (text === undefined) return [];
  const place = valueAt(context, yamlOf(table), ['projection', 'template']);
  const used = [...text.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1]!);
  const names = table.partitions.map((column) => column.name);
  const refuse = (message: string, cure: string): readonly Finding[] => [
    fault('projection-template', place, message, cure),
  ];
  const strange = used.find((name) => !names.includes(name));
  if (strange !== undefined)
    return refuse(
      `${JSON.stringify(strange)} is not a partition column`,
      `use ${names.map((name) => `\${${name}}`).join(' ')}`,
    );
  const lacking = names.find((name) => !used.includes(name));
  if (lacking !== undefined) return refuse(`\${${lacking}} is not in it`, 'the path must tell partitions apart');
  const fixed = text.replace(/\$\{[^}]*\}/g, 'x');
  if (fixed.startsWith('/') || fixed.split('/').some((part) => part === '..' || part === '.')) {
    return refuse('it leaves the location', 'write a path below the location');
  }
  if (!fixed.endsWith('/')) return refuse('it does not end in a slash', 'end it with a slash');
  return /^[A-Za-z0-9/_.=-]+$/.test(fixed) && !fixed.includes('//')
    ? []
    : refuse('an odd character or an empty part', 'use letters, digits and / _ . = -');
}
