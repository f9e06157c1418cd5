import type { Scope } from '../analyze/scope.ts';
import type { Names, State } from '../analyze/state.ts';

/** Where a query stands: the scope around it and the WITH queries it sees. */
export interface Place {
  readonly parent: Scope | undefined;
  readonly names: Names;
  readonly state: State;
}
