import assert from 'node:assert/strict';
import { definitionsOf, type Snippet } from './diff-case.ts';
import type { Scope, TestLake } from './plan-lake.ts';

/** What the tests of live plans begin with. */

export const ONE: Snippet = { tables: { t: { columns: [{ name: 'a', type: 'int' }] } } };
export const TWO: Snippet = {
  tables: {
    t: {
      columns: [
        { name: 'a', type: 'int' },
        { name: 'b', type: 'string' },
      ],
    },
  },
};
export const VIEW: Snippet = {
  ...ONE,
  views: { v: { sql: 'SELECT a + 1 AS n FROM d.t', columns: [{ name: 'n', type: 'integer', description: 'Next' }] } },
};

/** A scope of its own in which a snippet was applied. */
export async function appliedIn(lake: TestLake, name: string, snippet: Snippet): Promise<Scope> {
  const scope = lake.within(name);
  assert.ok((await scope.apply(definitionsOf(snippet))).ok);
  return scope;
}

/** Changes the parameters of a table as another program would. */
export async function setParameters(
  scope: Scope,
  table: string,
  set: Record<string, string>,
  gone: string[] = [],
): Promise<void> {
  const found = (await scope.glue.getTable(`${scope.environment.prefix}d`, table))!;
  const parameters: Record<string, string> = { ...found.parameters, ...set };
  for (const key of gone) delete parameters[key];
  await scope.glue.updateTable({ ...found, parameters }, { versionId: found.versionId, skipArchive: true });
}
