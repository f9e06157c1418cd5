import type { Environment } from '../../core/model/definition.ts';
import { UserError } from '../../core/model/exit.ts';
import type { AthenaPort, GluePort } from '../../core/model/ports.ts';
import { actualTable, actualView, isView } from '../../core/normalize/actual.ts';
import { physicalDatabase } from '../../core/normalize/desired.ts';
import { stateHash } from '../../core/normalize/state.ts';
import { cureOfFailure } from '../../core/plan/failure.ts';
import type { Outcome } from '../../core/plan/outcome.ts';
import type { Plan, PlannedObject } from '../../core/plan/plan.ts';
import type { Step } from '../../core/plan/step.ts';
import { makeGlueCall, moved } from './glue-call.ts';
import { during, NO_LEASES, releaseAll, type TableLease, type TakeLeases } from './leases.ts';

export interface ApplyPorts {
  readonly environment: Environment;
  readonly athena: AthenaPort;
  readonly glue: GluePort;
}

/** Runs a plan's steps in order, until one fails; the rest is not run. `take` takes the leases that keep loads off a table. */
export async function runSteps(
  plan: Plan,
  ports: ApplyPorts,
  told: (step: Step, outcome: Outcome) => void,
  signal?: AbortSignal,
  take: TakeLeases = NO_LEASES,
): Promise<readonly Outcome[]> {
  const taken = new Map<string, readonly TableLease[]>();
  try {
    return await runLeased(plan, ports, told, signal, take, taken);
  } finally {
    // Also after a signal or a bug: a lease that is not given back is renewed as long as the process lives.
    for (const leases of taken.values()) await releaseAll(leases);
  }
}

async function runLeased(
  plan: Plan,
  ports: ApplyPorts,
  told: (step: Step, outcome: Outcome) => void,
  signal: AbortSignal | undefined,
  take: TakeLeases,
  taken: Map<string, readonly TableLease[]>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  let failed = false;
  for (const step of plan.steps) {
    const { number, object } = step;
    if (failed) {
      outcomes.push({ number, object, status: 'not-run' });
      continue;
    }
    const start = performance.now();
    const since = (): number => Math.round(performance.now() - start);
    let outcome: Outcome;
    try {
      signal?.throwIfAborted();
      if (!taken.has(object)) {
        taken.set(object, await take(object));
        await assertAsPlanned(plan, object, ports);
      }
      const leases = taken.get(object) ?? [];
      for (const lease of leases) await lease.hold();
      await during(leases, runStep(step, ports, signal));
      outcome = { number, object, status: 'done', ms: since() };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      outcome = { number, object, status: 'failed', ms: since(), reason: error.message, cure: error.cure };
      failed = true;
    }
    const isLast = failed || !plan.steps.some((later) => later.object === object && later.number > number);
    if (isLast) await releaseAll(taken.get(object) ?? []);
    outcomes.push(outcome);
    told(step, outcome);
  }
  return outcomes;
}

async function runStep(step: Step, ports: ApplyPorts, signal: AbortSignal | undefined): Promise<void> {
  if (step.kind === 'glue') return makeGlueCall(ports.glue, step.call);
  const id = await ports.athena.start({ sql: step.sql, workgroup: ports.environment.workgroups.query });
  const outcome = await ports.athena.wait(id, signal);
  if (outcome.state === 'succeeded') return;
  const reason = outcome.state === 'cancelled' ? `stopped: ${outcome.reason}` : outcome.reason;
  throw new UserError(`${reason} (query ${id})`, cureOfFailure(outcome.reason, outcome.state));
}

/** Before an object is touched: it is still what the plan was made for. */
async function assertAsPlanned(plan: Plan, object: string, ports: ApplyPorts): Promise<void> {
  const named = plan.objects.filter((each) => each.object === object && each.kind !== 'database');
  const [planned] = named;
  if (planned === undefined || !named.every(isComparable)) return;
  const [database = '', name = ''] = object.split('.');
  const table = await ports.glue.getTable(physicalDatabase(database, ports.environment), name);
  const now = table === undefined ? null : stateHash(isView(table) ? actualView(table) : actualTable(table));
  if (now !== planned.before) throw moved(object);
}

/** A rename starts from another entry, a drop has no state that matters. */
function isComparable({ standing, changes }: PlannedObject): boolean {
  return standing !== 'gone' && !changes.some((change) => change.kind === 'rename_table');
}
