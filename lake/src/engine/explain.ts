import type { EngineResult } from '../athena/engine.ts';
import { type Statement, textQuery } from '../sql/index.ts';
import { notImplemented } from './failure.ts';
import { compileIn } from './query.ts';
import { makeRelations, type ScanTotals } from './run-scans.ts';
import type { StatementContext } from './statement-context.ts';

type Explain = Extract<Statement, { kind: 'explain' }>;

/** EXPLAIN [ANALYZE]: what is scanned of which table, then DuckDB's plan. VALIDATE answers true. */
export async function explain(statement: Explain, context: StatementContext): Promise<EngineResult> {
  const { statement: inner } = statement;
  if (!('query' in inner)) throw notImplemented(`EXPLAIN of ${inner.kind.toUpperCase()}`);
  if (statement.format !== 'TEXT') throw notImplemented(`EXPLAIN (FORMAT ${statement.format})`);
  if (statement.type === 'IO') throw notImplemented('EXPLAIN (TYPE IO)');
  const compiled = compileIn(inner.query, context);
  if (statement.type === 'VALIDATE') {
    return { columns: [{ name: 'Valid', type: 'boolean' }], rows: { kind: 'rows', rows: [['true']] }, bytesScanned: 0 };
  }
  const totals = await makeRelations(compiled, context);
  const sql = `EXPLAIN ${statement.analyze ? 'ANALYZE ' : ''}${textQuery(compiled)}`;
  const plan = (await context.connection.read(sql)).getRowsJson().map((row) => String(row[1] ?? ''));
  const lines = [...scanLines(totals), ...plan.join('\n').split('\n')];
  return {
    columns: [{ name: 'Query Plan', type: 'varchar' }],
    rows: { kind: 'rows', rows: lines.map((line) => [line]) },
    bytesScanned: statement.analyze ? totals.bytes : 0,
  };
}

function scanLines({ scans }: ScanTotals): readonly string[] {
  return scans.map(({ scan, bytes, partitions, files }) => {
    const filter = scan.partitionFilter === undefined ? '' : `, where ${scan.partitionFilter}`;
    const read = `${files} files of ${partitions} partitions, ${bytes} bytes`;
    return `Scan ${scan.database}.${scan.table} [${scan.columns.join(', ')}]: ${read}${filter}`;
  });
}
