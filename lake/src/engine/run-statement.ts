import type { EngineResult } from '../athena/engine.ts';
import type { Statement } from '../sql/index.ts';
import { listingResult, show } from './ddl/show.ts';
import { explain } from './explain.ts';
import { notImplemented } from './failure.ts';
import { qualified } from './names.ts';
import { deallocate, execute, prepare } from './prepared.ts';
import { runQuery } from './query.ts';
import type { StatementContext } from './statement-context.ts';
import { createView, dropView } from './views.ts';
import { createTableAs } from './write/ctas.ts';
import { insertInto } from './write/insert.ts';
import { unload } from './write/unload.ts';

const NOTHING: EngineResult = { columns: [], rows: { kind: 'none' }, bytesScanned: 0 };

/** Runs one statement of Athena's query language. */
export async function runStatement(statement: Statement, context: StatementContext): Promise<EngineResult> {
  switch (statement.kind) {
    case 'query':
      return runQuery(statement.query, context);
    case 'ctas':
      return createTableAs(statement, context);
    case 'insert':
      return insertInto(statement, context);
    case 'unload':
      return unload(statement, context);
    case 'explain':
      return explain(statement, context);
    case 'execute':
      return execute(statement, context, async (parsed, inner) => {
        if (parsed.language === 'hive') throw notImplemented('EXECUTE of a DDL statement');
        return runStatement(parsed.statement, inner);
      });
    case 'show-create': {
      if (statement.what !== 'VIEW') throw notImplemented(`SHOW CREATE ${statement.what} in double quotes`);
      const services = { catalog: context.catalog, objects: context.objects, database: context.database };
      const table = qualified(statement.name, context.database);
      return listingResult(show(services, { kind: 'show create view', table }));
    }
    case 'other':
      throw notImplemented(statement.what);
    default:
      await runChange(statement, context);
      return NOTHING;
  }
}

/** Statements that change something and give nothing back. */
async function runChange(statement: Statement, context: StatementContext): Promise<void> {
  switch (statement.kind) {
    case 'create-view':
      return createView(statement, context);
    case 'drop-view':
      return dropView(qualified(statement.name, context.database), statement.ifExists, context);
    case 'prepare':
      return prepare(statement, context);
    case 'deallocate':
      return deallocate(statement, context);
    default:
      throw notImplemented(statement.kind.toUpperCase().replaceAll('-', ' '));
  }
}
