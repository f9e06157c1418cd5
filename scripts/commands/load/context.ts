import type { Definitions, Environment } from '../../core/model/definition.ts';
import type { AthenaPort, GluePort, S3Port, SnsPort } from '../../core/model/ports.ts';
import { physicalDatabase } from '../../core/normalize/desired.ts';
import type { Holder } from './lease.ts';

export { STAGING } from '../../core/normalize/desired.ts';

/** What a run of `load` works with. Time and chance come in from outside, so that a test can fix them. */
export interface LoadContext {
  readonly definitions: Definitions;
  readonly environment: Environment;
  readonly glue: GluePort;
  readonly athena: AthenaPort;
  readonly s3: S3Port;
  /** Where it is told how loads ended; undefined where nobody wants to know. */
  readonly sns?: SnsPort;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Eight characters of [a-z0-9], others each time. */
  readonly nonce: () => string;
  /** Resolves after a while, or as soon as the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** This run, as other runs see it in a lease. */
  readonly holder: Holder;
  /** True for the holder of a lease that is known to be dead, so that its lease need not run out first. */
  readonly abandoned: (holder: Holder) => boolean;
  /** Git commit of the definitions; empty where there is none. */
  readonly commit: string;
  /** A line that stays. */
  readonly say: (line: string) => void;
  /** What is going on just now; shown on terminals only. */
  readonly progress: (text: string) => void;
}

/** A database's name in the environment. */
export function inEnvironment(context: Pick<LoadContext, 'environment'>, database: string): string {
  return physicalDatabase(database, context.environment);
}
