import type { EngineResult, ResultColumn, ResultRow } from '../athena/engine.ts';
import { resultColumn } from '../engine/result-columns.ts';
import { parseTrinoType } from '../sql/types/index.ts';
import { finish, start, type TrinoContext } from './context.ts';
import type { Run } from './run.ts';
import { shownAs } from './values.ts';

/** A SELECT: its rows are pulled out of Trino while the result is written. */
export async function runQuery(sql: string, context: TrinoContext): Promise<EngineResult> {
  const run = await start(sql, context);
  return {
    columns: run.columns.map(columnOf),
    rows: { kind: 'batches', batches: shownRows(run) },
    bytesScanned: run.stats().physicalInputBytes,
    finalBytesScanned: () => run.stats().physicalInputBytes,
    planningMs: run.stats().planningMs,
  };
}

async function* shownRows(run: Run): AsyncGenerator<readonly ResultRow[]> {
  const show = run.columns.map(({ type }) => shownAs(type));
  for await (const rows of run.pages()) yield rows.map((row) => row.map((cell, index) => show[index]!(cell)));
}

function columnOf({ name, type }: { readonly name: string; readonly type: string }): ResultColumn {
  const parsed = parseTrinoType(type);
  return parsed === undefined ? { name, type: type.toLowerCase() } : resultColumn({ name, type: parsed });
}

/** EXPLAIN: Trino's plan, a line a row. */
export async function explain(sql: string, context: TrinoContext): Promise<EngineResult> {
  const { run, rows } = await finish(sql, context);
  const lines = rows.flatMap(([cell]) =>
    String(cell)
      .split('\n')
      .map((line) => [line]),
  );
  return {
    columns: run.columns.map(columnOf),
    rows: { kind: 'rows', rows: lines },
    bytesScanned: run.stats().physicalInputBytes,
  };
}
