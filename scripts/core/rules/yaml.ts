import { formatYaml } from '../format/yaml.ts';
import type { Finding } from '../model/finding.ts';
import { fault } from './catalogue.ts';
import type { Context, Rule } from './context.ts';
import { firstDifference } from './sql.ts';

export const yamlRules: Rule = (context) =>
  [...context.trees.keys()].flatMap((path): Finding[] => {
    const text = context.texts.get(path);
    if (text === undefined || !formattable(context, path)) return [];
    const formatted = formatYaml(text);
    if (formatted === text) return [];
    const place = { path, line: firstDifference(text, formatted), column: 1 };
    return [fault('yaml-format', place, 'not formatted', 'run npm run validate -- --fix')];
  });

/** Only YAML that could be read whole is written anew. */
export function formattable(context: Pick<Context, 'findings'>, path: string): boolean {
  return !context.findings.some((finding) => finding.place.path === path && finding.rule.startsWith('yaml-'));
}
