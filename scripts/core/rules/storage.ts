import { child } from '../define/tree.ts';
import type { Compression, Environment, TableDefinition, TableFormat } from '../model/definition.ts';
import type { Finding } from '../model/finding.ts';
import { fault } from './catalogue.ts';
import { type Context, fullName, keyAt, valueAt, yamlOf } from './context.ts';

/** https://docs.aws.amazon.com/athena/latest/ug/compression-formats.html */
const COMPRESSIONS: Readonly<Record<TableFormat['kind'], readonly Compression[]>> = {
  parquet: ['none', 'gzip', 'snappy', 'zstd', 'lz4'],
  orc: ['none', 'snappy', 'zstd', 'lz4', 'deflate'],
  avro: ['none', 'snappy', 'zstd', 'bzip2', 'deflate'],
  csv: ['none', 'gzip', 'snappy', 'zstd', 'lz4', 'bzip2', 'deflate'],
  json: ['none', 'gzip', 'snappy', 'zstd', 'lz4', 'bzip2', 'deflate'],
};

/** Properties that statements or loads set, so that a second hand on them would show as drift. */
const RESERVED_PROPERTIES =
  /^(weir\.|projection\.|storage\.location\.template$|parquet\.compression$|orc\.compress$|write\.compression$|compression$|skip\.header\.line\.count$|external$|comment$|presto_|transient_lastddltime$|table_type$)/i;

export function storageRules(context: Context): readonly Finding[] {
  const { tables } = context.definitions;
  return [...tables.flatMap((table) => [...format(context, table), ...properties(context, table)])];
}

function format(context: Context, table: TableDefinition): readonly Finding[] {
  const path = yamlOf(table);
  const tree = context.trees.get(path);
  const found: Finding[] = [];
  const kind = table.format.kind;
  const fits = COMPRESSIONS[kind];
  if (child(tree, 'format') === undefined || context.partial.has(path)) return found;
  if (table.compression !== undefined && !fits.includes(table.compression)) {
    const place = valueAt(context, path, ['compression']);
    found.push(
      fault('compression-format', place, `${kind} has no compression ${table.compression}`, `use ${fits.join(', ')}`),
    );
  }
  for (const options of ['csv', 'json']) {
    if (child(tree, options) === undefined || kind === options) continue;
    const message = `${options} settings in a table of ${kind}`;
    found.push(
      fault('format-options', keyAt(context, path, [options]), message, `remove ${options}, or set format: ${options}`),
    );
  }
  if (table.format.kind === 'csv') {
    const ignored = table.format.serde === 'open' ? ['null_as'] : ['quote'];
    for (const key of ignored.filter((each) => child(child(tree, 'csv'), each) !== undefined)) {
      const message = `serde: ${table.format.serde} does not read ${key}`;
      found.push(
        fault('format-options', keyAt(context, path, ['csv', key]), message, 'remove it, or choose the other serde'),
      );
    }
  }
  if (child(tree, 'load') !== undefined && kind !== 'parquet') {
    const message = `loads write Parquet, the table is ${kind}`;
    found.push(
      fault('load-format', valueAt(context, path, ['format']), message, 'set format: parquet, or remove load'),
    );
  }
  return found;
}

function properties(context: Context, table: TableDefinition): readonly Finding[] {
  return Object.entries(table.properties).flatMap(([name, value]) => {
    const place = keyAt(context, yamlOf(table), ['properties', name]);
    if (RESERVED_PROPERTIES.test(name)) {
      const message = `Weir sets ${JSON.stringify(name)} itself`;
      return [fault('property-reserved', place, message, 'remove it; the keys of table.yaml say what it would')];
    }
    if (/^[A-Za-z][A-Za-z0-9_.:-]{0,254}$/.test(name) && !/[\u0000-\u001f\u007f]/.test(value) && value.length <= 4096)
      return [];
    const cure = 'use letters, digits and . _ : - in its name, and one line of at most 4096 characters in its value';
    return [
      fault('property-name', place, `${JSON.stringify(name.slice(0, 80))} cannot be written as a property`, cure),
    ];
  });
}

export function locationRules(context: Context): readonly Finding[] {
  const { tables, lake } = context.definitions;
  const whole = tables.filter((table) => table.location.bucket !== '' && table.location.path !== '');
  return [
    ...whole.flatMap((table) => [...bucket(context, table), ...path(context, table)]),
    ...overlaps(context, whole, Object.values(lake.environments)),
  ];
}

function bucket(context: Context, table: TableDefinition): readonly Finding[] {
  const environments = Object.values(context.definitions.lake.environments);
  const role = table.location.bucket;
  if (environments.length === 0 || environments.some(({ buckets }) => Object.hasOwn(buckets, role))) return [];
  const known = [...new Set(environments.flatMap(({ buckets }) => Object.keys(buckets)))];
  const place = valueAt(context, yamlOf(table), ['location', 'bucket']);
  return [
    fault(
      'unknown-bucket',
      place,
      `no environment has a bucket ${JSON.stringify(role)}`,
      `use one of ${known.join(', ')}`,
    ),
  ];
}

function path(context: Context, table: TableDefinition): readonly Finding[] {
  const text = table.location.path;
  const message = pathFault(text);
  if (message === undefined) return [];
  return [
    fault('location-path', valueAt(context, yamlOf(table), ['location', 'path']), message, 'write it as zone/table/'),
  ];
}

function pathFault(path: string): string | undefined {
  if (path.startsWith('/')) return 'a leading slash';
  if (!path.endsWith('/')) return 'no slash at the end: the prefix would match other folders too';
  const segments = path.slice(0, -1).split('/');
  // Each load writes there: what reads it would be due for ever.
  if (segments[0] === 'weir-control') return 'inside weir-control/, where loads keep what they know';
  if (segments.includes('')) return 'an empty part between two slashes';
  if (segments.some((segment) => segment === '.' || segment === '..')) return 'a part . or ..';
  // Hive readers skip what begins with _ or . as temporary.
  if (segments.some((segment) => /^[_.]/.test(segment))) return 'a part that begins with _ or .: readers skip it';
  if (!/^[A-Za-z0-9/_.=-]+$/.test(path)) return 'a character other than letters, digits and / _ . = -';
  return path.length > 700 ? 'more than 700 characters' : undefined;
}

function overlaps(
  context: Context,
  tables: readonly TableDefinition[],
  environments: readonly Environment[],
): readonly Finding[] {
  const sameBucket = (a: string, b: string): boolean =>
    a === b || environments.some(({ buckets }) => Object.hasOwn(buckets, a) && buckets[a] === buckets[b]);
  return tables.flatMap((table, index) => {
    const other = tables.find(
      (each, at) =>
        at !== index &&
        sameBucket(each.location.bucket, table.location.bucket) &&
        // The outer one is told once, at the inner; of two equal ones the later.
        (each.location.path === table.location.path ? at < index : table.location.path.startsWith(each.location.path)),
    );
    if (other === undefined) return [];
    const where = other.location.path === table.location.path ? 'the folder of' : 'inside';
    const message = `this is ${where} ${fullName(other)}, which would read these objects too`;
    const [here, there] = [table, other].map((each) => valueAt(context, yamlOf(each), ['location', 'path']));
    return [{ ...fault('location-overlap', here!, message, 'give each table a folder of its own'), also: [there!] }];
  });
}
