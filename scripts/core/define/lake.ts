import type { Environment, LakeDefinition } from '../model/definition.ts';
import { textEntries } from './table.ts';
import { child, entriesOf, type Tree, textOf } from './tree.ts';

/** What stands in for a lake.yaml that is missing or unreadable, so that the other files can still be checked. */
export const NO_LAKE: LakeDefinition = {
  place: { path: 'pipeline/lake.yaml', line: 1, column: 1 },
  timezone: 'UTC',
  environments: {},
  databases: {},
};

/** The model of lake.yaml. */
export function readLake(tree: Tree): LakeDefinition {
  const environments = entriesOf(child(tree, 'environments')).map(
    ({ key, value }) => [key, readEnvironment(key, value)] as const,
  );
  const databases = entriesOf(child(tree, 'databases')).map(
    ({ key, value }) => [key, { description: textOf(child(value, 'description')) }] as const,
  );
  const bucket = textOf(child(child(tree, 'history'), 'bucket'));
  return {
    place: tree.place,
    ...(bucket === undefined ? {} : { history: { bucket } }),
    timezone: textOf(child(tree, 'timezone')) ?? 'UTC',
    environments: Object.fromEntries(environments),
    databases: Object.fromEntries(databases),
  };
}

function readEnvironment(name: string, tree: Tree): Environment {
  const local = child(tree, 'local');
  const workgroups = child(tree, 'workgroups');
  const topic = textOf(child(tree, 'topic'));
  return {
    name,
    local: local?.kind === 'scalar' && local.value === true,
    account: textOf(child(tree, 'account')),
    region: textOf(child(tree, 'region')) ?? '',
    prefix: textOf(child(tree, 'prefix')) ?? '',
    buckets: textEntries(child(tree, 'buckets')),
    workgroups: { query: textOf(child(workgroups, 'query')) ?? '', load: textOf(child(workgroups, 'load')) ?? '' },
    ...(topic === undefined ? {} : { topic }),
  };
}
