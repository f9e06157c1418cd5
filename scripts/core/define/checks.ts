import type { Check, CheckRule } from '../model/definition.ts';
import type { SourceFile } from './source.ts';
import { child, itemsOf, numberOf, type Tree, textOf } from './tree.ts';

export const CHECK_KINDS = [
  'not_null',
  'unique',
  'accepted_values',
  'relationships',
  'range',
  'regex',
  'row_count',
  'freshness',
  'sql',
] as const;

/** The checks of a table.yaml; entries that the schema refused are left out. `sqlFiles` are the table's own checks. */
export function readChecks(tree: Tree | undefined, folder: string, sqlFiles: readonly SourceFile[]): readonly Check[] {
  return itemsOf(tree).flatMap((item) => {
    const kind = CHECK_KINDS.find((each) => child(item, each) !== undefined);
    const value = kind === undefined ? undefined : child(item, kind);
    const rule = kind === undefined || value === undefined ? undefined : readRule(kind, value, folder, sqlFiles);
    if (kind === undefined || rule === undefined) return [];
    const severity = textOf(child(item, 'severity')) === 'warn' ? 'warn' : 'error';
    const name = textOf(child(item, 'name')) ?? defaultName(rule, value);
    return [{ name, severity, rule, place: item.place } as const];
  });
}

function readRule(
  kind: (typeof CHECK_KINDS)[number],
  value: Tree,
  folder: string,
  sqlFiles: readonly SourceFile[],
): CheckRule | undefined {
  const column = textOf(child(value, 'column'));
  switch (kind) {
    case 'not_null':
    case 'unique': {
      const columns = namesOf(value);
      return columns.length === 0 ? undefined : { kind, columns };
    }
    case 'accepted_values': {
      const values = itemsOf(child(value, 'values')).flatMap((each) =>
        each.kind === 'scalar' && each.value !== null ? [each.value] : [],
      );
      return column === undefined ? undefined : { kind, column, values };
    }
    case 'relationships': {
      const [database, table, target, ...more] = (textOf(child(value, 'to')) ?? '').split('.');
      if (column === undefined || !database || !table || !target || more.length > 0) return undefined;
      return { kind, column, to: { database, table, column: target } };
    }
    case 'range':
      if (column === undefined) return undefined;
      return { kind, column, min: boundOf(child(value, 'min')), max: boundOf(child(value, 'max')) };
    case 'regex': {
      const pattern = textOf(child(value, 'pattern'));
      return column === undefined || pattern === undefined ? undefined : { kind, column, pattern };
    }
    case 'row_count':
      return readRowCount(value);
    case 'freshness': {
      const days = numberOf(child(value, 'days'));
      return days === undefined ? undefined : { kind, column, days };
    }
    case 'sql': {
      const path = `${folder}/checks/${textOf(value) ?? ''}.sql`;
      const file = sqlFiles.find((each) => each.path === path);
      return file === undefined ? undefined : { kind, sql: file.text, sqlPlace: { path, line: 1, column: 1 } };
    }
  }
}

/** Bounds in rows; in percent where there is something to compare with. */
function readRowCount(value: Tree): CheckRule | undefined {
  const [database, table, ...more] = (textOf(child(value, 'source')) ?? '').split('.');
  const last = numberOf(child(value, 'last'));
  const min = numberOf(child(value, 'min_percent'));
  const max = numberOf(child(value, 'max_percent'));
  if (child(value, 'source') !== undefined) {
    if (!database || !table || more.length > 0) return undefined;
    return { kind: 'row_share', of: { kind: 'source', database, table }, min, max };
  }
  if (last !== undefined) return { kind: 'row_share', of: { kind: 'last', count: last }, min, max };
  return { kind: 'row_count', min: numberOf(child(value, 'min')), max: numberOf(child(value, 'max')) };
}

function namesOf(value: Tree | undefined): readonly string[] {
  const one = textOf(value);
  if (one !== undefined) return [one];
  return itemsOf(value).flatMap((item) => textOf(item) ?? []);
}

function boundOf(value: Tree | undefined): number | string | undefined {
  return textOf(value) ?? numberOf(value);
}

function defaultName(rule: CheckRule, value: Tree | undefined): string {
  switch (rule.kind) {
    case 'not_null':
    case 'unique':
      return [rule.kind, ...rule.columns].join('_');
    case 'row_count':
      return rule.kind;
    case 'row_share':
      return `row_count_${rule.of.kind}`;
    case 'freshness':
      return rule.column === undefined ? rule.kind : `${rule.kind}_${rule.column}`;
    case 'sql':
      return textOf(value) ?? rule.kind;
    default:
      return `${rule.kind}_${rule.column}`;
  }
}
