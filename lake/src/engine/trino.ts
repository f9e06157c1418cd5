import type { EngineResult } from '../athena/engine.ts';
import type { Statement } from '../sql/ast.ts';
import { notImplemented } from './failure.ts';
import { qualified } from './names.ts';
import { runQuery } from './query.ts';
import type { StatementContext } from './statement-context.ts';
import { createView, dropView } from './views.ts';
import { createTableAs } from './write/ctas.ts';
import { insertInto } from './write/insert.ts';
import { unload } from './write/unload.ts';

const NOTHING: EngineResult = { columns: [], rows: { kind: 'none' }, bytesScanned: 0 };

/** Runs one statement of Athena's query language. */
export async function runTrino(statement: Statement, context: StatementContext): Promise<EngineResult> {
  switch (statement.kind) {
    case 'query':
      return runQuery(statement.query, context);
    case 'ctas':
      return createTableAs(statement, context);
    case 'insert':
      return insertInto(statement, context);
    case 'unload':
      return unload(statement, context);
    case 'create-view':
      await createView(statement, context);
      return NOTHING;
    case 'drop-view':
      await dropView(qualified(statement.name, context.database), statement.ifExists, context);
      return NOTHING;
    case 'other':
      throw notImplemented(statement.what);
    default:
      throw notImplemented(statement.kind.toUpperCase().replaceAll('-', ' '));
  }
}
