import { openJournal } from '../catalog/journal.ts';
import { deepFreeze } from '../catalog/partition-set.ts';
import { createTurns } from '../catalog/turns.ts';
import type { ResultConfiguration } from './execution.ts';

export interface WorkGroupConfiguration {
  readonly ResultConfiguration: ResultConfiguration;
  readonly EnforceWorkGroupConfiguration: boolean;
  readonly PublishCloudWatchMetricsEnabled: boolean;
  readonly RequesterPaysEnabled: boolean;
  readonly BytesScannedCutoffPerQuery?: number;
  readonly EngineVersion: { readonly SelectedEngineVersion: string; readonly EffectiveEngineVersion: string };
  readonly [other: string]: unknown;
}

export interface WorkGroup {
  readonly Name: string;
  readonly State: 'ENABLED' | 'DISABLED';
  readonly Description: string;
  readonly CreationTime: number;
  readonly Configuration: WorkGroupConfiguration;
}

export interface PreparedStatement {
  readonly StatementName: string;
  readonly QueryStatement: string;
  readonly WorkGroupName: string;
  readonly Description?: string;
  readonly LastModifiedTime: number;
}

export interface NamedQuery {
  readonly NamedQueryId: string;
  readonly Name: string;
  readonly Description?: string;
  readonly Database: string;
  readonly QueryString: string;
  readonly WorkGroup: string;
  /** Kept for idempotency, not shown. */
  readonly token?: string;
}

export type Tags = Readonly<Record<string, string>>;

/** Everything of Athena that is configured, not run; all of it small and in memory. */
type SettingRecord =
  | { readonly kind: 'workgroup'; readonly workgroup: WorkGroup }
  | { readonly kind: 'drop-workgroup'; readonly name: string }
  | { readonly kind: 'prepared'; readonly statement: PreparedStatement }
  | { readonly kind: 'drop-prepared'; readonly workgroup: string; readonly name: string }
  | { readonly kind: 'named'; readonly query: NamedQuery }
  | { readonly kind: 'drop-named'; readonly id: string }
  | { readonly kind: 'tags'; readonly arn: string; readonly tags: Tags };

export interface Settings {
  workgroups(): readonly WorkGroup[];
  workgroup(name: string): WorkGroup | undefined;
  prepared(workgroup: string): ReadonlyMap<string, PreparedStatement>;
  /** Oldest first. */
  named(): ReadonlyMap<string, NamedQuery>;
  tags(arn: string): Tags;
  /** Durable when it resolves. */
  change(record: SettingRecord): Promise<void>;
  close(): Promise<void>;
}

interface State {
  readonly workgroups: Map<string, WorkGroup>;
  readonly prepared: Map<string, Map<string, PreparedStatement>>;
  readonly named: Map<string, NamedQuery>;
  readonly tags: Map<string, Tags>;
}

export const ENGINE_VERSION = { SelectedEngineVersion: 'AUTO', EffectiveEngineVersion: 'Athena engine version 3' };

/** Opens the settings; `primary` is always there. */
export async function openSettings(file: string, now: () => number): Promise<Settings> {
  const { records, journal } = openJournal<SettingRecord>(file);
  const state: State = { workgroups: new Map(), prepared: new Map(), named: new Map(), tags: new Map() };
  for (const record of records) apply(state, record);
  const turns = createTurns();
  let written = records.length;
  const change = (record: SettingRecord) =>
    turns.take(async () => {
      await journal.append(record);
      apply(state, record);
      if (++written <= 2 * live(state) + 500) return;
      await journal.rewrite(snapshot(state));
      written = live(state);
    });
  if (!state.workgroups.has('primary')) await change({ kind: 'workgroup', workgroup: primary(now()) });
  return {
    workgroups: () => [...state.workgroups.values()].sort((a, b) => (a.Name < b.Name ? -1 : 1)),
    workgroup: (name) => state.workgroups.get(name),
    prepared: (workgroup) => state.prepared.get(workgroup) ?? new Map(),
    named: () => state.named,
    tags: (arn) => state.tags.get(arn) ?? {},
    change,
    close: () => turns.idle(),
  };
}

function primary(time: number): WorkGroup {
  return {
    Name: 'primary',
    State: 'ENABLED',
    Description: '',
    CreationTime: time,
    Configuration: {
      ResultConfiguration: {},
      EnforceWorkGroupConfiguration: false,
      PublishCloudWatchMetricsEnabled: false,
      RequesterPaysEnabled: false,
      EngineVersion: ENGINE_VERSION,
    },
  };
}

function apply(state: State, record: SettingRecord): void {
  switch (record.kind) {
    case 'workgroup':
      state.workgroups.set(record.workgroup.Name, deepFreeze(record.workgroup));
      return;
    case 'drop-workgroup':
      state.workgroups.delete(record.name);
      state.prepared.delete(record.name);
      for (const query of [...state.named.values()]) {
        if (query.WorkGroup === record.name) state.named.delete(query.NamedQueryId);
      }
      return;
    case 'prepared': {
      const { WorkGroupName, StatementName } = record.statement;
      const known = state.prepared.get(WorkGroupName) ?? new Map<string, PreparedStatement>();
      state.prepared.set(WorkGroupName, known.set(StatementName, deepFreeze(record.statement)));
      return;
    }
    case 'drop-prepared':
      state.prepared.get(record.workgroup)?.delete(record.name);
      return;
    case 'named':
      state.named.set(record.query.NamedQueryId, deepFreeze(record.query));
      return;
    case 'drop-named':
      state.named.delete(record.id);
      return;
    case 'tags':
      if (Object.keys(record.tags).length) state.tags.set(record.arn, record.tags);
      else state.tags.delete(record.arn);
      return;
  }
}

function live(state: State): number {
  let prepared = 0;
  for (const statements of state.prepared.values()) prepared += statements.size;
  return state.workgroups.size + prepared + state.named.size + state.tags.size;
}

function* snapshot(state: State): Generator<SettingRecord> {
  for (const workgroup of state.workgroups.values()) yield { kind: 'workgroup', workgroup };
  for (const statements of state.prepared.values()) {
    for (const statement of statements.values()) yield { kind: 'prepared', statement };
  }
  for (const query of state.named.values()) yield { kind: 'named', query };
  for (const [arn, tags] of state.tags) yield { kind: 'tags', arn, tags };
}
