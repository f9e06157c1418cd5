import type { ActualLake } from '../core/model/actual.ts';
import type { Definitions, Environment } from '../core/model/definition.ts';
import { UserError } from '../core/model/exit.ts';
import { makePlan, type Plan } from '../core/plan/plan.ts';
import { parseSelect } from '../core/sql/index.ts';

export interface PlanRequest {
  readonly definitions: Definitions;
  readonly environment: Environment;
  readonly against: 'live' | 'snapshot';
  readonly today: string;
  readonly only: readonly string[];
  readonly read: () => Promise<ActualLake>;
}

/** Reads the catalog (or its snapshot) and works out what apply would do. */
export async function planLake(request: PlanRequest): Promise<Plan> {
  const { definitions, environment, against, today, only } = request;
  assertKnown(definitions, only);
  assertBuckets(definitions, environment);
  assertReadable(definitions);
  return makePlan({ definitions, environment, against, today, only, actual: await request.read() });
}

function assertKnown(definitions: Definitions, only: readonly string[]): void {
  const known = [...definitions.tables, ...definitions.views].flatMap((each) => [
    each.database,
    `${each.database}.${each.name}`,
  ]);
  const unknown = only.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new UserError(
    `no definition is called ${unknown}`,
    '--table takes database.table, database.view or a database',
  );
}

/** A bucket role that an environment lacks would end up as a bucket's name. */
function assertBuckets(definitions: Definitions, environment: Environment): void {
  const table = definitions.tables.find(({ location }) => environment.buckets[location.bucket] === undefined);
  if (table === undefined) return;
  const { bucket } = table.location;
  throw new UserError(
    `${table.database}.${table.name} lies in bucket ${bucket}, which environment ${environment.name} does not name`,
    `add ${bucket} to the environment's buckets in pipeline/lake.yaml`,
    { where: `${table.place.path}:${table.place.line}:${table.place.column}` },
  );
}

/**
 * What a view reads is found by parsing: a SELECT that does not parse could read the databases of another environment.
 */
function assertReadable(definitions: Definitions): void {
  for (const view of definitions.views) {
    const { ok, errors, statementCount } = parseSelect(view.sql);
    if (ok) continue;
    const [error] = errors;
    const { path } = view.sqlPlace;
    const where = error === undefined ? path : `${path}:${error.line}:${error.column}`;
    const message = error?.message ?? `${statementCount} statements instead of one SELECT`;
    throw new UserError(message, 'correct the SQL; npm run validate finds all such faults', { where });
  }
}
