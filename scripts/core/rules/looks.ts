import { formatSql } from '../format/sql.ts';
import { formatYaml } from '../format/yaml.ts';
import type { Finding } from '../model/finding.ts';
import { fault } from './catalogue.ts';
import { formattable, type Rule } from './context.ts';
import { form } from './sql.ts';

/** How files look; it says nothing about what they mean, so verbs that work on the definitions do not ask it. */
export const looksRules: Rule = (context) => [...sqlLooks(context), ...yamlLooks(context)];

const sqlLooks: Rule = (context) =>
  context.sqls.flatMap((file): Finding[] => {
    const { text, path } = file;
    if (form(file).length > 0) return [];
    const formatted = formatSql(text);
    if (formatted === undefined || formatted === text) return [];
    const place = { path, line: firstDifference(text, formatted), column: 1 };
    return [fault('sql-format', place, 'not formatted', 'run npm run validate -- --fix')];
  });

const yamlLooks: Rule = (context) =>
  [...context.trees.keys()].flatMap((path): Finding[] => {
    const text = context.texts.get(path);
    if (text === undefined || !formattable(context, path)) return [];
    const formatted = formatYaml(text);
    if (formatted === text) return [];
    const place = { path, line: firstDifference(text, formatted), column: 1 };
    return [fault('yaml-format', place, 'not formatted', 'run npm run validate -- --fix')];
  });

/** The first line (from 1) in which two texts differ. */
export function firstDifference(a: string, b: string): number {
  const [left, right] = [a.split('\n'), b.split('\n')];
  const index = left.findIndex((line, at) => line !== right[at]);
  return index < 0 ? Math.min(left.length, right.length) : index + 1;
}
