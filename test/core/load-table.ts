import { loadDefinitions } from '../../scripts/core/define/index.ts';
import type { TableDefinition } from '../../scripts/core/model/definition.ts';

/** A table definition, read from YAML as Weir reads it. */
export function table(given: {
  readonly database?: string;
  readonly name?: string;
  readonly description?: string;
  readonly owner?: string;
  readonly columns?: string;
  readonly sql?: string;
  /** More lines of the table.yaml. */
  readonly extra?: string;
  /** Its own checks, by name. */
  readonly files?: Readonly<Record<string, string>>;
}): TableDefinition {
  const { database = 'raw', name = 't', description = 'A table', owner = 'tests', extra = '', files = {} } = given;
  const { columns = '[{ name: a, type: bigint, description: A }]', sql } = given;
  const folder = `pipeline/tables/${database}/${name}`;
  const yaml = `description: ${description}
owner: ${owner}
format: parquet
location: { bucket: raw, path: ${database}/${name}/ }
columns: ${columns}
${extra}
`;
  const { definitions, findings } = loadDefinitions([
    { path: 'pipeline/lake.yaml', text: LAKE },
    { path: `${folder}/table.yaml`, text: yaml },
    ...Object.entries(files).map(([check, text]) => ({ path: `${folder}/checks/${check}.sql`, text })),
    ...(sql === undefined ? [] : [{ path: `${folder}/load.sql`, text: sql }]),
  ]);
  const [found] = definitions.tables;
  if (!found || findings.length > 0) throw new Error(`${JSON.stringify(findings)}\n${yaml}`);
  return found;
}

const LAKE = `timezone: UTC
environments:
  local:
    local: true
    region: us-east-1
    buckets: { raw: raw, results: results }
    workgroups: { query: q, load: l }
databases:
  raw: { description: Raw }
`;
