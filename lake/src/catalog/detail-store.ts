import { join } from 'node:path';
import { type Journal, openJournal, removeJournal } from './journal.ts';
import { applyDetail, createTableDetail, type DetailRecord, snapshotOf, type TableDetail } from './table-detail.ts';
import { createTurns, type Turns } from './turns.ts';

/** The tables' own journals, each read when first needed, each with its own queue of writers. */
export interface DetailStore {
  read(id: number): TableDetail;
  /** Runs `decide` alone among the table's writers and commits the records that it answers. */
  change(id: number, decide: (detail: TableDetail) => readonly DetailRecord[]): Promise<void>;
  remove(id: number): Promise<void>;
  idle(): Promise<void>;
}

interface Opened {
  readonly detail: TableDetail;
  readonly journal: Journal;
  readonly turns: Turns;
  /** Entries in the file, superseded ones included: says when compaction pays. */
  written: number;
}

export function journalName(id: number): string {
  return `${id}.journal`;
}

export function createDetailStore(folder: string): DetailStore {
  const opened = new Map<number, Opened>();
  const fileOf = (id: number) => join(folder, journalName(id));

  const open = (id: number): Opened => {
    const known = opened.get(id);
    if (known) return known;
    const { records, journal } = openJournal<DetailRecord>(fileOf(id));
    const detail = createTableDetail();
    let written = 0;
    for (const record of records) {
      applyDetail(detail, record);
      written += entriesIn(record);
    }
    const fresh: Opened = { detail, journal, turns: createTurns(), written };
    opened.set(id, fresh);
    return fresh;
  };

  return {
    read: (id) => open(id).detail,
    change(id, decide) {
      const table = open(id);
      return table.turns.take(() => commit(table, decide(table.detail)));
    },
    async remove(id) {
      const table = opened.get(id);
      if (table) await table.turns.idle();
      opened.delete(id);
      await removeJournal(fileOf(id));
    },
    async idle() {
      await Promise.all([...opened.values()].map((table) => table.turns.idle()));
    },
  };
}

async function commit(table: Opened, records: readonly DetailRecord[]): Promise<void> {
  for (const record of records) {
    await table.journal.append(record);
    applyDetail(table.detail, record);
    table.written += entriesIn(record);
  }
  const live = liveEntries(table.detail);
  if (table.written <= 2 * live + 1000) return;
  await table.journal.rewrite(snapshotOf(table.detail));
  table.written = live;
}

function entriesIn(record: DetailRecord): number {
  switch (record.kind) {
    case 'partitions':
      return (record.put?.length ?? 0) + (record.drop?.length ?? 0);
    case 'statistics':
      return record.columns.length;
    default:
      return 1;
  }
}

function liveEntries(detail: TableDetail): number {
  let statistics = 0;
  for (const columns of detail.statistics.values()) statistics += columns.size;
  return detail.partitions.byValues.size + detail.versions.size + statistics;
}
