import { at, child, textOf } from '../define/tree.ts';
import type { CheckRule, TableDefinition } from '../model/definition.ts';
import type { Finding } from '../model/finding.ts';
import { fault } from './catalogue.ts';
import { type Context, fullName, valueAt, yamlOf } from './context.ts';

type RowCount = Extract<CheckRule, { kind: 'row_count' | 'row_share' }>;

/** A row count is in rows, or in percent of what it is compared with. */
export function rowCount(context: Context, table: TableDefinition, rule: RowCount, index: number): readonly Finding[] {
  const place = valueAt(context, yamlOf(table), ['checks', index, 'row_count']);
  const tree = at(context.trees.get(yamlOf(table)), ['checks', index, 'row_count']);
  const has = (key: string): boolean => child(tree, key) !== undefined;
  const refuse = (message: string, cure: string): readonly Finding[] => [
    fault('check-row-count', place, message, cure),
  ];
  const share = rule.kind === 'row_share';
  if (has('source') && has('last'))
    return refuse('both source and last', 'compare with one; two checks compare with both');
  if (share && (has('min') || has('max'))) {
    return refuse(
      'bounds in rows where percent are compared',
      'give min_percent and max_percent, or leave source and last out',
    );
  }
  if (!share && (has('min_percent') || has('max_percent'))) {
    return refuse('percent of nothing', 'say what of: source: database.table, or last: 7');
  }
  const [least, most] = share ? ['min_percent', 'max_percent'] : ['min', 'max'];
  if (rule.min === undefined && rule.max === undefined) return refuse('no bounds', `give ${least}, ${most} or both`);
  if (rule.min !== undefined && rule.max !== undefined && rule.min > rule.max) {
    return refuse(`${least} ${rule.min} is above ${most} ${rule.max}`, 'swap them');
  }
  return share && rule.of.kind === 'source' ? source(context, table, rule.of, index) : [];
}

function source(
  context: Context,
  table: TableDefinition,
  of: { readonly database: string; readonly table: string },
  index: number,
): readonly Finding[] {
  const path = yamlOf(table);
  const place = valueAt(context, path, ['checks', index, 'row_count', 'source']);
  const refuse = (message: string, cure: string): readonly Finding[] => [
    fault('check-row-count', place, message, cure),
  ];
  if (textOf(child(child(context.trees.get(path), 'load'), 'mode')) === 'files') {
    return refuse(
      'mode files takes rows of some objects, which no day counts',
      'compare with last, or use bounds in rows',
    );
  }
  const name = `${of.database}.${of.table}`;
  const found = context.definitions.tables.find((each) => fullName(each) === name);
  if (found === undefined) return refuse(`there is no table ${name}`, 'name a table that is defined');
  if (table.partitions.length === 0 || found.partitions.some((column) => column.date !== undefined)) return [];
  if (context.partial.has(yamlOf(found))) return [];
  return refuse(
    `${name} has no dated partitions: its rows have no day`,
    'name a source with date: at its partition columns',
  );
}
