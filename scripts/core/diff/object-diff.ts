import type { Change } from '../change/change.ts';
import type { ActualTable } from '../model/actual.ts';
import type { CatalogDatabase, CatalogTable } from '../model/catalog.ts';
import type { TableDefinition, ViewDefinition } from '../model/definition.ts';
import type { DatabaseState, TableState, ViewState } from '../normalize/state.ts';

/**
 * How an object stands. pending: it is as it was last applied, and git says more. drift: it is neither as applied nor as
 * git says, so somebody else changed it. interrupted: an apply did not come to its end. foreign: it was never Weir's, and
 * differs from its definition.
 */
export type Standing = 'in_sync' | 'new' | 'pending' | 'interrupted' | 'drift' | 'adopt' | 'foreign' | 'gone';

/** Why nothing is done to an object, and what would let it be done. */
export interface Refusal {
  readonly reason: string;
  readonly cure: string;
}

interface Common {
  /** As the definitions name it, without an environment's prefix. */
  readonly object: string;
  readonly standing: Standing;
  readonly changes: readonly Change[];
  readonly refusals: readonly Refusal[];
}

export interface DatabaseDiff extends Common {
  readonly kind: 'database';
  readonly before: DatabaseState | undefined;
  /** Undefined: to be dropped. */
  readonly after: DatabaseState | undefined;
  readonly actual: CatalogDatabase | undefined;
}

export interface TableDiff extends Common {
  readonly kind: 'table';
  readonly definition: TableDefinition;
  readonly before: TableState | undefined;
  readonly after: TableState;
  readonly actual: ActualTable | undefined;
  /** The table whose entry becomes this one: it is copied, then dropped. */
  readonly renamed: { readonly table: CatalogTable; readonly copied: boolean } | undefined;
}

export interface ViewDiff extends Common {
  readonly kind: 'view';
  readonly definition: ViewDefinition;
  readonly before: ViewState | undefined;
  readonly after: ViewState;
  readonly actual: CatalogTable | undefined;
}

/** A managed table or view that the definitions lack, or one that stands where another kind of object is wanted. */
export interface DropDiff extends Common {
  readonly kind: 'drop';
  readonly actual: CatalogTable;
}

export type ObjectDiff = DatabaseDiff | TableDiff | ViewDiff | DropDiff;

/** An object that is in a managed database and in no definition, and that Weir did not make: only reported. */
export interface Foreign {
  readonly object: string;
  readonly kind: string;
}

export interface LakeDiff {
  readonly objects: readonly ObjectDiff[];
  readonly foreign: readonly Foreign[];
}
