import { stringify } from 'yaml';
import { loadDefinitions, type SourceFile } from '../../scripts/core/define/index.ts';
import type { Definitions } from '../../scripts/core/model/definition.ts';

/** One row of test/cases/diff/*.yaml: two states of the definitions and the statements between them, both ways. */
export interface DiffCase {
  readonly name: string;
  /** What both states have in common, and how each differs from that. */
  readonly from: Snippet;
  readonly to: Snippet;
  /** Values of partitions that are registered before the way forward. */
  readonly partitions?: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly forward: Way;
  readonly back: Way;
}

export interface Way {
  /** Kinds of change that are refused without, and done with, a permission: `table: [drop_column]`. */
  readonly allow?: Readonly<Record<string, readonly string[]>>;
  readonly statements?: readonly string[];
}

/** Definitions in the repository's format, all in database `d`. */
export interface Snippet {
  readonly description?: string;
  readonly tables?: Readonly<Record<string, Readonly<Record<string, unknown>> & { readonly sql?: string }>>;
  readonly views?: Readonly<Record<string, Readonly<Record<string, unknown>> & { readonly sql: string }>>;
}

export const LAKE = {
  timezone: 'UTC',
  environments: {
    local: {
      local: true,
      region: 'us-east-1',
      buckets: { raw: 'weir-diff-raw', results: 'weir-diff-results' },
      workgroups: { query: 'weir-diff-query', load: 'weir-diff-load' },
    },
  },
} as const;

/** The definitions that a snippet stands for; a table is Parquet at `<name>/` unless it says otherwise. */
export function definitionsOf(snippet: Snippet, allow: Way['allow'] = {}): Definitions {
  const files: SourceFile[] = [
    file('lake.yaml', { ...LAKE, databases: { d: { description: snippet.description ?? 'A database' } } }),
  ];
  for (const [name, { sql, ...table }] of Object.entries(snippet.tables ?? {})) {
    const location = { bucket: 'raw', path: `${name}/` };
    const whole = { description: `Table ${name}`, owner: 'team', format: 'parquet', location, ...table };
    files.push(file(`tables/d/${name}/table.yaml`, whole));
    if (sql !== undefined) files.push({ path: `pipeline/tables/d/${name}/load.sql`, text: sql });
  }
  for (const [name, { sql, ...view }] of Object.entries(snippet.views ?? {})) {
    files.push(file(`views/d/${name}/view.yaml`, { description: `View ${name}`, owner: 'team', ...view }));
    files.push({ path: `pipeline/views/d/${name}/view.sql`, text: sql });
  }
  const entries = Object.entries(allow).flatMap(([object, kinds]) =>
    kinds.map((change) => ({ object, change, reason: 'a test', expires: '2099-12-31' })),
  );
  if (entries.length > 0) files.push(file('allow.yaml', entries));
  const { definitions, findings } = loadDefinitions(files);
  const [fault] = findings.filter((finding) => finding.severity === 'error');
  if (fault !== undefined) throw new Error(`${fault.place.path}:${fault.place.line} ${fault.rule} ${fault.message}`);
  return definitions;
}

function file(path: string, data: unknown): SourceFile {
  return { path: `pipeline/${path}`, text: stringify(data) };
}
