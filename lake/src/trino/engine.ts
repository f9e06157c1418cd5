import type { Engine, EngineResult } from '../athena/engine.ts';
import { runDdl } from '../engine/ddl/run.ts';
import { listingResult, show } from '../engine/ddl/show.ts';
import { failure, notImplemented } from '../engine/failure.ts';
import { qualified } from '../engine/names.ts';
import { requirePreparable } from '../engine/prepared.ts';
import { asEngineFailure } from '../engine/runtime-failure.ts';
import { type AnyStatement, classify, kindOf, parseAny } from '../engine/statement.ts';
import { dropView } from '../engine/views.ts';
import type { Statement } from '../sql/index.ts';
import { NOTHING, type TrinoContext, type TrinoServices } from './context.ts';
import { createTableAs } from './ctas.ts';
import { withTrinoFailures } from './failures.ts';
import { insertInto } from './insert.ts';
import { explain, runQuery } from './query.ts';
import { usingText, withoutSemicolon } from './text.ts';
import { unload } from './unload.ts';
import { createView } from './view.ts';

/**
 * Executes Athena's statements on a Trino whose Hive connector has this lake as Glue and S3. What reads or writes rows
 * runs there; Hive's DDL, views and prepared statements are changes of the catalog, which is here.
 */
export function createTrinoEngine(services: TrinoServices): Engine {
  return {
    classify,
    async execute(request) {
      const database = (request.database ?? 'default').toLowerCase();
      const parameters = request.parameters.length > 0 ? request.parameters.join(', ') : undefined;
      const context: TrinoContext = { ...services, request, database, parameters };
      try {
        request.signal.throwIfAborted();
        return await run(parseAny(request.sql), request.sql, context);
      } catch (error) {
        throw withTrinoFailures(asEngineFailure(error), context);
      }
    },
    async close() {},
  };
}

async function run(parsed: AnyStatement, sql: string, context: TrinoContext): Promise<EngineResult> {
  if (parsed.language === 'trino') return runStatement(parsed.statement, withoutSemicolon(sql), context);
  const listing = await runDdl(context, parsed.statement);
  return listing === undefined ? NOTHING : listingResult(listing);
}

async function runStatement(statement: Statement, sql: string, context: TrinoContext): Promise<EngineResult> {
  switch (statement.kind) {
    case 'query':
      return runQuery(sql, context);
    case 'ctas':
      return createTableAs(statement, sql, context);
    case 'insert':
      return insertInto(statement, sql, context);
    case 'unload':
      return unload(statement, sql, context);
    case 'explain':
      if (!['query', 'insert'].includes(statement.statement.kind))
        throw notImplemented(`EXPLAIN of ${statement.statement.kind.toUpperCase()}`);
      return explain(sql, context);
    case 'execute':
      return executePrepared(statement, sql, context);
    case 'show-create': {
      if (statement.what !== 'VIEW') throw notImplemented(`SHOW CREATE ${statement.what} in double quotes`);
      const table = qualified(statement.name, context.database);
      return listingResult(show(context, { kind: 'show create view', table }));
    }
    case 'other':
      throw notImplemented(statement.what);
    default:
      await runChange(statement, sql, context);
      return NOTHING;
  }
}

/** Statements that change something in the catalog or the workgroup and give nothing back. */
async function runChange(statement: Statement, sql: string, context: TrinoContext): Promise<void> {
  switch (statement.kind) {
    case 'create-view':
      return createView(statement, sql, context);
    case 'drop-view':
      return dropView(qualified(statement.name, context.database), statement.ifExists, context);
    case 'prepare':
      requirePreparable(parseAny(statement.sql));
      return context.request.prepared.put(statement.name.name.toLowerCase(), statement.sql);
    case 'deallocate':
      if (!(await context.request.prepared.delete(statement.name.name.toLowerCase())))
        throw noSuch(statement.name.name);
      return;
    default:
      throw notImplemented(statement.kind.toUpperCase().replaceAll('-', ' '));
  }
}

/** EXECUTE: the prepared text with the values of USING, or with the request's execution parameters. */
async function executePrepared(
  statement: Extract<Statement, { kind: 'execute' }>,
  sql: string,
  context: TrinoContext,
): Promise<EngineResult> {
  const prepared = context.request.prepared.get(statement.name.name.toLowerCase());
  if (prepared === undefined) throw noSuch(statement.name.name);
  const parsed = parseAny(prepared);
  requirePreparable(parsed);
  if (parsed.language === 'hive') throw notImplemented('EXECUTE of a DDL statement');
  const [statementType, substatementType] = kindOf(parsed);
  const parameters = usingText(sql) ?? context.parameters;
  return { statementType, substatementType, ...(await run(parsed, prepared, { ...context, parameters })) };
}

function noSuch(name: string): Error {
  return failure('NOT_FOUND', `Prepared statement not found: ${name.toLowerCase()}`);
}
