import type { LoadContext } from '../../scripts/commands/load/context.ts';
import { type LoadOptions, type LoadSummary, load } from '../../scripts/commands/load.ts';
import { loadDefinitions } from '../../scripts/core/define/index.ts';
import { readLedger } from '../../scripts/core/load/index.ts';
import type { Definitions } from '../../scripts/core/model/definition.ts';
import {
  blankTable,
  copyMemory,
  emptyMemory,
  type Memory,
  type MemoryPorts,
  memoryPorts,
  putObject,
} from './memory.ts';

/** A small lake in memory with one table of each mode, part of it loaded, part of it due. */

export type Mode = 'partitions' | 'replace' | 'files';
export const MODES: readonly Mode[] = ['partitions', 'replace', 'files'];

const TABLE = (mode: Mode): string => `description: D
owner: tests
format: parquet
location: { bucket: raw, path: ${mode}/ }
columns: [{ name: line, type: string, description: L }]
${mode !== 'replace' ? 'partitions: [{ name: day, type: string, date: yyyy-MM-dd, description: D }]\n' : ''}load: { mode: ${mode} }
checks: [{ not_null: line }]
`;

const LANDING = `description: D
owner: tests
format: csv
csv: { header: 1 }
location: { bucket: landing, path: NAME/ }
columns: [{ name: line, type: string, description: L }]
`;

const DATED = `partitions: [{ name: landed, type: date, date: yyyy-MM-dd, description: D }]
projection: { columns: { landed: { type: date, from: "2024-01-01", to: NOW } }, template: "\${landed}/" }
`;

const FILES: Record<string, string> = {
  'pipeline/lake.yaml': `timezone: UTC
environments:
  local:
    local: true
    region: us-east-1
    buckets: { landing: landing, raw: raw, results: results }
    workgroups: { query: q, load: l }
databases: { land: { description: L }, raw: { description: R } }
`,
  'pipeline/tables/land/days/table.yaml': LANDING.replace('NAME', 'days') + DATED,
  'pipeline/tables/land/whole/table.yaml': LANDING.replace('NAME', 'whole'),
  'pipeline/tables/raw/partitions/table.yaml': TABLE('partitions'),
  'pipeline/tables/raw/partitions/load.sql':
    "SELECT line, date_format(landed, '%Y-%m-%d') AS day FROM land.days WHERE landed BETWEEN :from AND :to",
  'pipeline/tables/land/events/table.yaml': LANDING.replace('NAME', 'events'),
  'pipeline/tables/raw/files/table.yaml': TABLE('files'),
  'pipeline/tables/raw/files/load.sql': "SELECT line, split_part(line, ':', 1) AS day FROM land.events",
  'pipeline/tables/raw/replace/table.yaml': TABLE('replace'),
  'pipeline/tables/raw/replace/load.sql': 'SELECT line FROM land.whole',
};

/** The definitions, with their files changed. */
export function definitionsWith(edit: (path: string, text: string) => string): Definitions {
  const files = Object.entries(FILES).map(([path, text]) => ({ path, text: edit(path, text) }));
  const { definitions, findings } = loadDefinitions(files);
  if (findings.length > 0) throw new Error(JSON.stringify(findings));
  return definitions;
}

export const DEFINITIONS = definitionsWith((_, text) => text);

export const DAYS = ['2025-03-01', '2025-03-02', '2025-03-03', '2025-03-04'] as const;

export function dropDay(memory: Memory, day: string, text: string): void {
  putObject(memory, `landing/days/${day}/file.csv`, `line\n${text}`);
}

export function dropWhole(memory: Memory, text: string): void {
  putObject(memory, 'landing/whole/file.csv', `line\n${text}`);
}

export function dropEvents(memory: Memory, name: string, text: string): void {
  putObject(memory, `landing/events/${name}.csv`, `line\n${text}`);
}

let staged: Promise<Memory> | undefined;

/** A lake of its own for each caller: loaded once, then changed as `staging` says. */
export async function stage(): Promise<Memory> {
  staged ??= staging();
  return copyMemory(await staged);
}

/** One day corrected, one new, one empty, one as it was; the whole table corrected. */
async function staging(): Promise<Memory> {
  const memory = emptyMemory();
  const partitioned = blankTable('raw', 'partitions', 's3://raw/partitions/');
  const day = { name: 'day', type: 'string', comment: undefined };
  memory.tables.set('raw.partitions', { ...partitioned, partitionKeys: [day] });
  memory.tables.set('raw.replace', blankTable('raw', 'replace', 's3://raw/replace/'));
  memory.tables.set('raw.files', { ...blankTable('raw', 'files', 's3://raw/files/'), partitionKeys: [day] });
  dropEvents(memory, 'e1', 'd1:a\nd2:b');
  dropEvents(memory, 'e2', 'd2:c');
  dropDay(memory, DAYS[0], 'a1\na2');
  dropDay(memory, DAYS[1], 'b1\nb2');
  dropWhole(memory, 'w1\nw2');
  await run(memory, memoryPorts(memory));
  dropDay(memory, DAYS[1], 'b1\nb2\nb3');
  dropDay(memory, DAYS[2], 'c1');
  dropDay(memory, DAYS[3], '');
  dropWhole(memory, 'w1\nw2\nw3');
  dropEvents(memory, 'e1', 'd1:A\nd3:B');
  dropEvents(memory, 'e3', 'd3:x\nd4:y');
  memory.deleted.length = 0;
  return memory;
}

let runs = 0;

/** The context of one run. `over` replaces parts of it (clock, ports that fail). */
export function contextOf(memory: Memory, ports: MemoryPorts, over: Partial<LoadContext> = {}): LoadContext {
  runs += 1;
  const pid = runs;
  let nonce = 0;
  return {
    ...ports,
    definitions: DEFINITIONS,
    environment: DEFINITIONS.lake.environments.local!,
    signal: new AbortController().signal,
    now: () => Date.parse('2025-03-05T07:00:00Z') + memory.count,
    // As long as a load's is, and never the same: gc knows folders of loads by it.
    nonce: () => (pid * 36 ** 3 + ++nonce).toString(36).padStart(8, '0'),
    // As long as everything else has something to do.
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    holder: { run: `run ${pid}`, host: 'here', pid },
    abandoned: (holder) => holder.pid < pid,
    commit: 'c0ffee',
    say: () => undefined,
    progress: () => undefined,
    ...over,
  };
}

/** Runs `load` once. */
export function run(
  memory: Memory,
  ports: MemoryPorts,
  over: Partial<LoadContext> = {},
  options: Partial<LoadOptions> = {},
): Promise<LoadSummary> {
  return load(contextOf(memory, ports, over), {
    tables: [],
    from: undefined,
    to: undefined,
    maxBytes: 1e12,
    ...options,
  });
}

/** What a reader sees: the lines of each partition (of the whole table under ''). Undefined for no such partition. */
export function visible(memory: Memory, table: Mode): Record<string, string> {
  const at = (location: string): string => {
    const prefix = location.replace('s3://', '');
    const bodies = [...memory.objects].filter(([path]) => path.startsWith(prefix)).map(([, object]) => object.body);
    return bodies
      .join('\n')
      .split('\n')
      .filter((line) => line !== '')
      .toSorted()
      .join(' ');
  };
  if (table === 'replace') return { '': at(memory.tables.get('raw.replace')!.storage.location) };
  const entries = [...(memory.partitions.get(`raw.${table}`)?.values() ?? [])];
  return Object.fromEntries(entries.map((entry) => [entry.values.join('/'), at(entry.storage.location)]).toSorted());
}

/** The state that a load leaves, without what differs from run to run (ids, times, places). */
export function outcome(memory: Memory): unknown {
  const ledger = (parameters: Readonly<Record<string, string>>) => {
    const entry = readLedger(parameters);
    const previous = entry?.previous.map((past) => [past.fingerprint, past.rows]);
    return entry && [entry.fingerprint, entry.definition, entry.rows, entry.bytes, entry.sources, entry.held, previous];
  };
  return {
    partitions: visible(memory, 'partitions'),
    replace: visible(memory, 'replace'),
    files: visible(memory, 'files'),
    index: memory.objects.get('raw/weir-control/raw.files/files.json')?.body,
    ledgers: ['raw.partitions', 'raw.files']
      .flatMap((name) => [...(memory.partitions.get(name)?.values() ?? [])])
      .map((entry) => [entry.values, ledger(entry.parameters)])
      .toSorted(),
    whole: ledger(memory.tables.get('raw.replace')!.parameters),
    staging: [...memory.tables.keys()].filter((name) => name.startsWith('weir_staging.')),
    intents: [...memory.objects]
      .filter(([path]) => path.endsWith('/lease.json'))
      .flatMap(([, object]) => JSON.parse(object.body).intents),
  };
}
