import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenEnvironment, openEnvironment } from '../../scripts/adapters/environment.ts';
import { readActual } from '../../scripts/commands/actual.ts';
import { applyLake } from '../../scripts/commands/apply/apply.ts';
import { planLake } from '../../scripts/commands/plan.ts';
import type { Definitions } from '../../scripts/core/model/definition.ts';
import type { GluePort } from '../../scripts/core/model/ports.ts';
import type { ApplyResult } from '../../scripts/core/plan/outcome.ts';
import type { Plan } from '../../scripts/core/plan/plan.ts';
import { definitionsOf } from './diff-case.ts';

/** A lake for tests of plan and apply: the local one in a folder of its own, or whatever AWS_ENDPOINT_URL names. */
export interface TestLake extends OpenEnvironment {
  /** The same lake under another prefix: databases of its own. */
  readonly within: (prefix: string) => Scope;
}

/** One test's databases, all of them behind a prefix. */
export interface Scope extends OpenEnvironment {
  /** Drops its databases. */
  readonly close: () => Promise<void>;
  readonly plan: (definitions: Definitions, today?: string) => Promise<Plan>;
  readonly apply: (definitions: Definitions, rest?: ApplyOptions) => Promise<ApplyResult>;
  readonly sql: (sql: string) => Promise<string>;
}

export interface ApplyOptions {
  readonly reviewed?: Pick<Plan, 'digest'> & Partial<Pick<Plan, 'environment' | 'steps'>>;
  readonly glue?: GluePort;
  readonly today?: string;
}

export const TODAY = '2026-01-01';
const RUN = `x${process.pid.toString(36)}`;

export async function openTestLake(): Promise<TestLake> {
  const dir = mkdtempSync(join(tmpdir(), 'weir-plan-'));
  const open = await openEnvironment(definitionsOf({}).lake, 'local', { lakeDir: dir });
  const scopes = new Set<Scope>();
  return {
    ...open,
    within: (name) => {
      const opened = scopeOf(open, `${RUN}_${name}_`);
      const scope = {
        ...opened,
        close: async () => {
          await cleanUp(opened);
          scopes.delete(scope);
        },
      };
      scopes.add(scope);
      return scope;
    },
    close: async () => {
      for (const scope of scopes) await scope.close();
      await open.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function scopeOf(open: OpenEnvironment, prefix: string): Scope {
  const environment = { ...open.environment, prefix };
  const plan = (definitions: Definitions, today = TODAY): Promise<Plan> => {
    const read = () => readActual(open.glue, definitions, environment);
    return planLake({ definitions, environment, against: 'live', today, only: [], read });
  };
  const apply = (definitions: Definitions, rest: ApplyOptions = {}): Promise<ApplyResult> => {
    const { reviewed, glue = open.glue, today = TODAY } = rest;
    const request = { definitions, environment, today, only: [], reviewed };
    return applyLake(request, { ...open, glue, environment }, () => undefined);
  };
  const sql = async (text: string): Promise<string> => {
    const id = await open.athena.start({ sql: text, workgroup: environment.workgroups.query });
    const outcome = await open.athena.wait(id);
    return outcome.state === 'succeeded' ? outcome.state : `${outcome.state}: ${outcome.reason}`;
  };
  return { ...open, environment, plan, apply, sql };
}

/** Drops the databases of a scope: another endpoint keeps them. */
async function cleanUp(scope: Scope): Promise<void> {
  const { prefix } = scope.environment;
  const names = (await scope.glue.listDatabases()).map((database) => database.name);
  for (const name of names.filter((each) => each.startsWith(prefix))) {
    await scope.sql(`DROP DATABASE IF EXISTS \`${name}\` CASCADE`);
  }
}

/** Objects that a plan refuses, with the kinds of reasons. */
export function refusals(plan: Pick<Plan, 'objects'>): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    plan.objects
      .filter((object) => object.refusals.length > 0)
      .map((object) => [object.object, object.refusals.map((refusal) => refusal.reason)]),
  );
}

/** Standing of each object with changes. */
export function standings(plan: Pick<Plan, 'objects'>): Readonly<Record<string, string>> {
  return Object.fromEntries(plan.objects.map((object) => [object.object, object.standing]));
}
