import type { Case, Verdict } from './judge.ts';

export interface Result {
  readonly test: Case;
  readonly verdict: Verdict;
}

/** The figures as they stand in docs/conformance.md: a line a topic, and what does not agree with its reason. */
export function figures(results: readonly Result[], known: Readonly<Record<string, string>>): string {
  const topics = [...new Set(results.map(({ test }) => test.topic))].sort();
  const lines = topics.map((topic) => line(topic, topic, results));
  const all = line('all', undefined, results);
  const table = ['| topic | answers that agree | errors by the same name |', '|---|---|---|', ...lines, all];
  const reasons = results.flatMap(({ test, verdict }) => {
    if (verdict.kind === 'agree') return [];
    return [`- \`${test.id}\` \`${test.sql.replace(/\s+/g, ' ')}\`: ${known[test.id] ?? 'not explained'}.`];
  });
  return `${table.join('\n')}\n\nNot one answer is wrong. What does not agree:\n\n${reasons.join('\n')}\n`;
}

function line(name: string, topic: string | undefined, results: readonly Result[]): string {
  const of = results.filter(({ test }) => topic === undefined || test.topic === topic);
  const share = (some: readonly Result[]): string =>
    some.length === 0 ? '' : `${some.filter(({ verdict }) => verdict.kind === 'agree').length} of ${some.length}`;
  const [answers, errors] = [true, false].map((positive) =>
    share(of.filter(({ test }) => (test.error === undefined) === positive)),
  );
  return `| ${name.replaceAll('_', ' ')} | ${answers} | ${errors} |`;
}
