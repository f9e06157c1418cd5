import type { EngineResult } from '../athena/engine.ts';
import type { Statement } from '../sql/index.ts';
import { failure } from './failure.ts';
import { type AnyStatement, kindOf, parseAny } from './statement.ts';
import type { StatementContext } from './statement-context.ts';

const NEVER_PREPARED = ['PREPARE', 'EXECUTE', 'DEALLOCATE'];

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

export async function prepare(statement: Of<'prepare'>, context: StatementContext): Promise<void> {
  requirePreparable(parseAny(statement.sql));
  await context.request.prepared.put(statement.name.name.toLowerCase(), statement.sql);
}

export async function deallocate(statement: Of<'deallocate'>, context: StatementContext): Promise<void> {
  const name = statement.name.name.toLowerCase();
  if (!(await context.request.prepared.delete(name))) throw notFound(name);
}

/** EXECUTE: runs the prepared text with the values of USING, or with the request's execution parameters. */
export async function execute(
  statement: Of<'execute'>,
  context: StatementContext,
  run: (parsed: AnyStatement, context: StatementContext) => Promise<EngineResult>,
): Promise<EngineResult> {
  const name = statement.name.name.toLowerCase();
  const sql = context.request.prepared.get(name);
  if (sql === undefined) throw notFound(name);
  const parsed = parseAny(sql);
  requirePreparable(parsed);
  const [statementType, substatementType] = kindOf(parsed);
  const given = statement.parameters.length > 0 ? { parameters: statement.parameters } : {};
  const result = await run(parsed, { ...context, ...given });
  return { statementType, substatementType, ...result };
}

function notFound(name: string): Error {
  return failure('NOT_FOUND', `Prepared statement not found: ${name}`);
}

/** Refuses as Trino does what would execute itself without end. */
export function requirePreparable(parsed: AnyStatement): void {
  const [, kind] = kindOf(parsed);
  if (!NEVER_PREPARED.includes(kind)) return;
  const name = `${kind.charAt(0)}${kind.slice(1).toLowerCase()}`;
  throw failure('NOT_SUPPORTED', `Invalid statement type for prepared statement: ${name}`);
}
