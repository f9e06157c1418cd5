import { scanCost } from '../core/load/index.ts';
import type { Definitions, Environment } from '../core/model/definition.ts';
import { UserError } from '../core/model/exit.ts';
import type { AthenaPort, QueryRows, QueryStatistics } from '../core/model/ports.ts';
import { physicalDatabase } from '../core/normalize/desired.ts';
import { bytesText, usdText } from '../core/render/text.ts';
import { caret, parseSelect, rewriteDatabases, significant } from '../core/sql/index.ts';

export interface QueryContext {
  readonly definitions: Definitions;
  readonly environment: Environment;
  readonly athena: AthenaPort;
  readonly signal: AbortSignal;
}

export interface QueryAnswer extends QueryRows {
  readonly queryId: string;
  readonly statistics: QueryStatistics;
  /** True if the result has more rows than were asked for. */
  readonly more: boolean;
}

/** Runs SQL, or a saved query by its name, and reads its rows (all of them where `limit` is undefined). */
export async function query(context: QueryContext, asked: string, limit: number | undefined): Promise<QueryAnswer> {
  const { sql, label } = questionOf(context.definitions, asked);
  refuseChange(sql, label);
  const statement = rewriteDatabases(parseSelect(sql).text, (database) =>
    physicalDatabase(database, context.environment),
  );
  const queryId = await startQuery(context, statement, label);
  const outcome = await context.athena.wait(queryId, context.signal);
  if (outcome.state !== 'succeeded') {
    if (context.signal.aborted) throw context.signal.reason;
    throw refused(statement, label, outcome.reason);
  }
  const found = await context.athena.rows(queryId, limit === undefined ? undefined : limit + 1);
  const more = limit !== undefined && found.rows.length > limit;
  const rows = more ? found.rows.slice(0, limit) : found.rows;
  return { columns: found.columns, rows, queryId, statistics: outcome.statistics, more };
}

/** What a query took and cost, for standard error. */
export function statisticsLine({ rows, more, statistics }: QueryAnswer): string {
  const count = `${more ? 'the first ' : ''}${rows.length.toLocaleString('en')} ${rows.length === 1 ? 'row' : 'rows'}`;
  const cost = usdText(scanCost([statistics.bytesScanned]));
  const seconds = (statistics.totalMs / 1000).toFixed(2);
  return `${count}, ${bytesText(statistics.bytesScanned)} scanned, about ${cost}, ${seconds} s`;
}

async function startQuery(context: QueryContext, sql: string, label: string): Promise<string> {
  try {
    return await context.athena.start({ sql, workgroup: context.environment.workgroups.query });
  } catch (error) {
    // A statement that cannot be read is refused when it is started, without a state of its own.
    if (error instanceof UserError && /\bline \d+:\d+/.test(error.message)) throw refused(sql, label, error.message);
    throw error;
  }
}

function questionOf(definitions: Definitions, asked: string): { readonly sql: string; readonly label: string } {
  const saved = definitions.queries.find((each) => each.name === asked.trim());
  if (saved) return { sql: saved.sql, label: saved.place.path };
  if (significant(asked).length === 0) throw new UserError('there is nothing to ask', EXAMPLE);
  if (!/^[\w-]+$/.test(asked.trim())) return { sql: asked, label: 'query' };
  const names = definitions.queries.map((each) => each.name).join(', ');
  throw new UserError(
    `no saved query is called ${JSON.stringify(asked.trim())}`,
    names === '' ? EXAMPLE : `saved queries: ${names}; or give a SELECT in quotes`,
  );
}

const EXAMPLE = 'npm run query -- "SELECT 1"';

function refuseChange(sql: string, label: string): void {
  const parsed = parseSelect(sql);
  const [error] = parsed.errors;
  // SHOW PARTITIONS and its like are Athena's own, not Trino's: Athena judges them.
  const shows = /^(show|describe|desc)$/i.test(significant(sql)[0]?.text ?? '');
  if (error && !shows) {
    const snippet = caret(sql, error.line, error.column);
    throw new UserError(`${error.message}${snippet === '' ? '' : `\n${snippet}`}`, 'correct the SQL', {
      where: `${label}:${error.line}:${error.column}`,
    });
  }
  if (!error && parsed.statementCount > 1)
    throw new UserError(`${label} has ${parsed.statementCount} statements`, 'give one');
  if (parsed.kind === 'other' && !shows) {
    throw new UserError(
      `${label} would change something; query only reads`,
      'tables and views change by their definitions (npm run plan, npm run apply), data by npm run load',
    );
  }
}

/** Athena's own words, with the place in the statement that they name. */
function refused(sql: string, label: string, reason: string): UserError {
  const at = /\bline (\d+):(\d+)/.exec(reason);
  const [line, column] = [Number(at?.[1] ?? 0), Number(at?.[2] ?? 0)];
  const snippet = at ? caret(sql, line, column) : '';
  const message = `${reason || 'Athena gave no reason'}${snippet === '' ? '' : `\n${snippet}`}`;
  return new UserError(message, 'correct the SQL; pipeline/tables and pipeline/views have the names', {
    where: at ? `${label}:${line}:${column}` : label,
  });
}
