import type { Environment } from '../model/definition.ts';
import type { Finding } from '../model/finding.ts';
import { isZone } from '../partition/index.ts';
import { fault } from './catalogue.ts';
import { type Context, keyAt, valueAt } from './context.ts';

const LAKE = 'pipeline/lake.yaml';

export function lakeRules(context: Context): readonly Finding[] {
  if (!context.trees.has(LAKE)) return [];
  const environments = Object.values(context.definitions.lake.environments);
  return [
    ...timezone(context),
    ...environments.flatMap((environment) => [
      ...environmentName(context, environment),
      ...account(context, environment),
      ...roles(context, environment, environments),
      ...bucketNames(context, environment),
      ...workgroups(context, environment),
      ...topic(context, environment),
    ]),
    ...clashes(context, environments),
    ...unused(context),
  ];
}

function timezone(context: Context): readonly Finding[] {
  const zone = context.definitions.lake.timezone;
  if (isZone(zone)) return [];
  const cure = 'write an IANA name, such as Europe/Berlin or UTC';
  return [fault('timezone', valueAt(context, LAKE, ['timezone']), `${JSON.stringify(zone)} is no time zone`, cure)];
}

function environmentName(context: Context, { name }: Environment): readonly Finding[] {
  if (/^[a-z][a-z0-9_-]{0,62}$/.test(name)) return [];
  const message = `${JSON.stringify(name)} is no environment name`;
  const cure = 'use lower-case letters, digits, hyphens and underscores';
  return [fault('environment-name', keyAt(context, LAKE, ['environments', name]), message, cure)];
}

function account(context: Context, { name, local, account }: Environment): readonly Finding[] {
  if (local || account !== undefined || context.partial.has(LAKE)) return [];
  const message = `environment ${name} has no account`;
  const cure = 'add account: "123456789012"; commands refuse to work in another account';
  return [fault('missing-account', keyAt(context, LAKE, ['environments', name]), message, cure)];
}

function roles(context: Context, environment: Environment, all: readonly Environment[]): readonly Finding[] {
  const known = new Set(all.flatMap(({ buckets }) => Object.keys(buckets)));
  return [...known]
    .filter((role) => role !== 'results' && !Object.hasOwn(environment.buckets, role))
    .map((role) => {
      const place = keyAt(context, LAKE, ['environments', environment.name, 'buckets']);
      const message = `environment ${environment.name} has no bucket for the role ${role}`;
      return fault('environment-roles', place, message, `add ${role}: <bucket>, as the other environments have it`);
    });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; no dots: they break TLS host names. */
function bucketNames(context: Context, { name, buckets }: Environment): readonly Finding[] {
  return Object.entries(buckets)
    .filter(([, bucket]) => !isBucketName(bucket))
    .map(([role, bucket]) => {
      const place = valueAt(context, LAKE, ['environments', name, 'buckets', role]);
      const cure = 'use 3 to 63 lower-case letters, digits and hyphens, a letter or digit at both ends';
      return fault('bucket-name', place, `${JSON.stringify(bucket)} is no bucket name`, cure);
    });
}

function isBucketName(bucket: string): boolean {
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket)) return false;
  return !/^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3)$/.test(bucket);
}

function workgroups(context: Context, { name, workgroups: { query, load } }: Environment): readonly Finding[] {
  if (query === '' || query !== load) return [];
  const place = valueAt(context, LAKE, ['environments', name, 'workgroups', 'load']);
  // CTAS with external_location fails in a workgroup that enforces its result location, which the one for queries should.
  const cure = 'give loads a workgroup of their own: they write where queries must not';
  return [fault('same-workgroup', place, `queries and loads share the workgroup ${query}`, cure)];
}

/** A topic of a staging account would be told of production, and the role may publish to its own environment's alone. */
function topic(context: Context, { name, local, account, region, topic }: Environment): readonly Finding[] {
  if (topic === undefined) return [];
  const place = valueAt(context, LAKE, ['environments', name, 'topic']);
  const cure = `write arn:aws:sns:${region}:${account ?? '<account>'}:<name>`;
  const [, itsRegion, itsAccount] = /^arn:[^:]*:sns:([^:]*):([^:]*):[^:]*$/.exec(topic) ?? [];
  if (itsRegion === undefined) {
    if (local || topic.includes(':')) return [];
    const message = `environment ${name} is on AWS, where ${topic} says neither region nor account`;
    return [fault('topic-place', place, message, cure)];
  }
  const other =
    itsRegion !== region
      ? `in ${itsRegion}, environment ${name} in ${region}`
      : account !== undefined && itsAccount !== account
        ? `of account ${itsAccount}, environment ${name} of ${account}`
        : undefined;
  return other === undefined ? [] : [fault('topic-place', place, `the topic is ${other}`, cure)];
}

function clashes(context: Context, environments: readonly Environment[]): readonly Finding[] {
  return environments.flatMap((environment, index) =>
    environments.slice(0, index).flatMap((earlier) => {
      const place = keyAt(context, LAKE, ['environments', environment.name]);
      const found: Finding[] = [];
      const at = ({ account, region, prefix, local }: Environment): string =>
        JSON.stringify([account, region, prefix, local]);
      if (environment.account !== undefined && at(environment) === at(earlier)) {
        const message = `${environment.name} has the account, region and prefix of ${earlier.name}: one would overwrite the other`;
        found.push(fault('environment-clash', place, message, 'give one of them a prefix of its own'));
      }
      const theirs = new Set(Object.values(earlier.buckets));
      const shared = Object.entries(environment.buckets).find(([, bucket]) => theirs.has(bucket));
      if (shared !== undefined) {
        const where = valueAt(context, LAKE, ['environments', environment.name, 'buckets', shared[0]]);
        const message = `the bucket ${shared[1]} belongs to ${earlier.name} too`;
        found.push(fault('environment-clash', where, message, 'give each environment buckets of its own'));
      }
      return found;
    }),
  );
}

function unused(context: Context): readonly Finding[] {
  const { lake, tables, views } = context.definitions;
  const first = Object.values(lake.environments)[0];
  const usedBuckets = new Set(['results', ...tables.map((table) => table.location.bucket)]);
  const usedDatabases = new Set([...tables, ...views].map((object) => object.database));
  const buckets = Object.keys(first?.buckets ?? {})
    // What a broken file would use is not known.
    .filter((role) => !usedBuckets.has(role) && context.partial.size === 0)
    .map((role) => {
      const place = keyAt(context, LAKE, ['environments', first?.name ?? '', 'buckets', role]);
      return fault(
        'unused-bucket',
        place,
        `no table uses the bucket role ${role}`,
        'remove the role if nothing needs it',
      );
    });
  const databases = Object.keys(lake.databases)
    .filter((database) => !usedDatabases.has(database) && !hasFolder(context, database))
    .map((database) => {
      const place = keyAt(context, LAKE, ['databases', database]);
      return fault('unused-database', place, `${database} has no tables and no views`, 'remove it if nothing needs it');
    });
  return [...buckets, ...databases];
}

function hasFolder(context: Context, database: string): boolean {
  const homes = [`pipeline/tables/${database}/`, `pipeline/views/${database}/`];
  return [...context.texts.keys()].some((path) => homes.some((home) => path.startsWith(home)));
}
