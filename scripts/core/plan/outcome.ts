import type { PlannedObject } from './plan.ts';
import type { Step } from './step.ts';

/** What became of one step. */
export type Outcome = { readonly number: number; readonly object: string } & (
  | { readonly status: 'done'; readonly ms: number }
  | { readonly status: 'failed'; readonly ms: number; readonly reason: string; readonly cure: string }
  /** Behind a step that failed. */
  | { readonly status: 'not-run' }
);

export interface ApplyResult {
  readonly version: 1;
  /** Everything was done and nothing was refused. */
  readonly ok: boolean;
  readonly environment: string;
  readonly digest: string;
  readonly steps: readonly Step[];
  readonly outcomes: readonly Outcome[];
  readonly refused: readonly PlannedObject[];
}
