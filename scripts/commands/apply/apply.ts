import type { LoadedTable } from '../../core/load/index.ts';
import type { Definitions, Environment } from '../../core/model/definition.ts';
import { assertReviewed } from '../../core/plan/compare.ts';
import type { ApplyResult, Outcome } from '../../core/plan/outcome.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Step } from '../../core/plan/step.ts';
import { readActual } from '../actual.ts';
import { planLake } from '../plan.ts';
import { leasesOf, type TableLease } from './leases.ts';
import { type ApplyPorts, runSteps } from './run-steps.ts';

export interface ApplyRequest {
  readonly definitions: Definitions;
  readonly environment: Environment;
  readonly today: string;
  readonly only: readonly string[];
  /** The plan that was reviewed; without it what this run plans is applied. */
  readonly reviewed: (Pick<Plan, 'digest'> & Partial<Pick<Plan, 'environment' | 'steps'>>) | undefined;
}

/**
 * Plans against the live catalog, asserts that this is what was reviewed, and runs it. `acquire` takes the lease of a
 * table's loads while the table is altered.
 */
export async function applyLake(
  request: ApplyRequest,
  ports: ApplyPorts,
  told: (step: Step, outcome: Outcome, of: number) => void,
  signal?: AbortSignal,
  acquire?: (table: LoadedTable) => Promise<TableLease>,
): Promise<ApplyResult> {
  const { definitions, environment, today, only } = request;
  const plan = await planLake({
    definitions,
    environment,
    today,
    only,
    against: 'live',
    read: () => readActual(ports.glue, definitions, environment),
  });
  if (request.reviewed !== undefined) assertReviewed(plan, request.reviewed);
  const take = acquire && leasesOf(plan, definitions, acquire);
  const tell = (step: Step, outcome: Outcome): void => told(step, outcome, plan.steps.length);
  const outcomes = await runSteps(plan, ports, tell, signal, take);
  const refused = plan.objects.filter((object) => object.refusals.length > 0);
  const ok = refused.length === 0 && outcomes.every((outcome) => outcome.status === 'done');
  return { version: 1, ok, environment: environment.name, digest: plan.digest, steps: plan.steps, outcomes, refused };
}
