import { at, type Path, textOf } from '../define/tree.ts';
import { type HiveType, readType, spell } from '../define/types.ts';
import type { Column, TableDefinition, ViewDefinition } from '../model/definition.ts';
import type { Finding } from '../model/finding.ts';
import { fault } from './catalogue.ts';
import { byteLength, type Context, formattable, valueAt, yamlOf } from './context.ts';
import { isName } from './names.ts';
import { isReserved } from './reserved.ts';

export function columnRules(context: Context): readonly Finding[] {
  const { tables, views } = context.definitions;
  return [
    ...[...tables, ...views].flatMap((object) => [...names(context, object), ...comments(context, object)]),
    ...tables.flatMap((table) => [...types(context, table), ...sortedBy(context, table)]),
  ];
}

function lists(object: TableDefinition | ViewDefinition): readonly (readonly [string, readonly Column[]])[] {
  return object.kind === 'table'
    ? [
        ['columns', object.columns],
        ['partitions', object.partitions],
      ]
    : [['columns', object.columns]];
}

/** Names of all columns, partitions included, in the order of the files. */
function names(context: Context, object: TableDefinition | ViewDefinition): readonly Finding[] {
  const seen = new Map<string, string>();
  return lists(object).flatMap(([list, columns]) =>
    columns.flatMap((column, index): Finding[] => {
      if (column.name === '') return [];
      const place = valueAt(context, yamlOf(object), [list, index, 'name']);
      const earlier = seen.get(column.name.toLowerCase());
      seen.set(column.name.toLowerCase(), list);
      if (earlier === 'columns' && list === 'partitions') {
        const message = `${column.name} is a column and a partition column`;
        return [
          fault('partition-repeated', place, message, 'keep it among the partitions alone: its value is in the path'),
        ];
      }
      if (earlier !== undefined) {
        return [
          fault('duplicate-column', place, `there are two columns ${column.name}`, 'rename or remove one of them'),
        ];
      }
      if (!isName(column.name)) {
        const message = `${JSON.stringify(column.name.slice(0, 80))} is no column name`;
        return [
          fault(
            'column-name',
            place,
            message,
            'use lower-case letters, digits and underscores, a letter first, at most 255',
          ),
        ];
      }
      if (!isReserved(column.name)) return [];
      const cure = 'another name saves every query the quotes';
      return [fault('reserved-column', place, `${column.name} is a reserved word`, cure)];
    }),
  );
}

/** Glue: a column's comment has at most 255 bytes, a description 2048, and both stay on one line. */
function comments(context: Context, object: TableDefinition | ViewDefinition): readonly Finding[] {
  const check = (steps: Path, text: string | undefined, most: number): readonly Finding[] => {
    if (text === undefined || !formattable(context, yamlOf(object))) return [];
    if (byteLength(text) <= most && !/[\u0000-\u001f\u007f]/.test(text)) return [];
    const message = /[\u0000-\u001f\u007f]/.test(text) ? 'a line break or control character' : `over ${most} bytes`;
    return [fault('comment', valueAt(context, yamlOf(object), steps), message, 'keep it to one short line')];
  };
  return [
    ...check(['description'], object.description, 2048),
    ...check(['owner'], object.owner, 255),
    ...lists(object).flatMap(([list, columns]) =>
      columns.flatMap((column, index) => check([list, index, 'description'], column.description, 255)),
    ),
  ];
}

function types(context: Context, table: TableDefinition): readonly Finding[] {
  return lists(table).flatMap(([list, columns]) =>
    columns.flatMap((_, index): Finding[] => {
      const steps = [list, index, 'type'];
      const place = valueAt(context, yamlOf(table), steps);
      const written = textOf(at(context.trees.get(yamlOf(table)), steps));
      if (written === undefined) return [];
      const reading = readType(written);
      if ('fault' in reading) {
        const cure = 'use string, int, bigint, double, decimal(p,s), date, timestamp, array<...>, struct<a:...> ...';
        return [fault('column-type', place, reading.fault, cure)];
      }
      const right = spell(reading.type);
      if (right !== written) {
        return [fault('type-spelling', place, `${JSON.stringify(written)} is not how DDL spells it`, `write ${right}`)];
      }
      const refused = list === 'partitions' ? partitionFault(reading.type) : formatFault(table, reading.type);
      const rule = list === 'partitions' ? 'partition-type' : 'type-format';
      return refused === undefined ? [] : [fault(rule, place, refused[0], refused[1])];
    }),
  );
}

type Refusal = readonly [message: string, cure: string];

function partitionFault(type: HiveType): Refusal | undefined {
  const fits = ['string', 'int', 'bigint', 'smallint', 'tinyint', 'date'];
  if (type.kind === 'text' || (type.kind === 'primitive' && fits.includes(type.name))) return undefined;
  return [`${spell(type)} has no one spelling in a path`, `use ${fits.join(', ')}`];
}

/** What each SerDe can read: https://docs.aws.amazon.com/athena/latest/ug/supported-serdes.html */
function formatFault({ format }: TableDefinition, type: HiveType): Refusal | undefined {
  const nested = type.kind === 'array' || type.kind === 'map' || type.kind === 'struct';
  if (format.kind === 'csv' && nested) {
    return [`a CSV field cannot hold ${type.kind}`, 'declare it as string; a load can parse it'];
  }
  if (format.kind === 'csv' && format.serde === 'open') {
    const fits = ['string', 'boolean', 'int', 'bigint', 'double'];
    if (type.kind === 'primitive' && fits.includes(type.name)) return undefined;
    // OpenCSVSerDe takes DATE as days and TIMESTAMP as milliseconds since 1970, never as written dates.
    return [
      `OpenCSVSerDe does not read ${spell(type)}`,
      'declare it as string and cast it in the load, or use serde: lazy',
    ];
  }
  if ((format.kind === 'csv' || format.kind === 'json') && type.kind === 'primitive' && type.name === 'binary') {
    return ['text files hold no binary', 'declare it as string; a load can decode it'];
  }
  return undefined;
}

function sortedBy(context: Context, table: TableDefinition): readonly Finding[] {
  const known = new Set(table.columns.map((column) => column.name));
  const seen = new Set<string>();
  return table.sortedBy.flatMap((name, index) => {
    const place = valueAt(context, yamlOf(table), ['sorted_by', index]);
    const twice = seen.has(name);
    seen.add(name);
    if (twice) return [fault('sorted-by', place, `${name} is here twice`, 'name each column once')];
    if (known.has(name) || context.partial.has(yamlOf(table))) return [];
    const cure = table.partitions.some((partition) => partition.name === name)
      ? 'leave it out: within a partition it has one value'
      : 'name a column of the table';
    return [fault('sorted-by', place, `${JSON.stringify(name)} is not a column`, cure)];
  });
}
