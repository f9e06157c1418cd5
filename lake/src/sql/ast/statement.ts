import type { Expression, Identifier, Place } from './expression.ts';
import type { QualifiedName, Query } from './query.ts';

export interface Property {
  readonly name: string;
  readonly value: Expression;
  readonly at: Place;
}

export type Statement =
  | { readonly kind: 'query'; readonly query: Query; readonly at: Place }
  | {
      readonly kind: 'ctas';
      readonly name: QualifiedName;
      readonly columns: readonly Identifier[] | undefined;
      readonly ifNotExists: boolean;
      readonly comment: string | undefined;
      readonly properties: readonly Property[];
      readonly query: Query;
      readonly withData: boolean;
      readonly at: Place;
    }
  | {
      readonly kind: 'insert';
      readonly name: QualifiedName;
      readonly columns: readonly Identifier[] | undefined;
      readonly query: Query;
      readonly at: Place;
    }
  | {
      readonly kind: 'create-view';
      readonly name: QualifiedName;
      readonly replace: boolean;
      readonly comment: string | undefined;
      readonly query: Query;
      /** The text of the query as written. */
      readonly sql: string;
      readonly at: Place;
    }
  | { readonly kind: 'drop-view'; readonly name: QualifiedName; readonly ifExists: boolean; readonly at: Place }
  | { readonly kind: 'drop-table'; readonly name: QualifiedName; readonly ifExists: boolean; readonly at: Place }
  | {
      readonly kind: 'unload';
      readonly query: Query;
      readonly sql: string;
      readonly to: string;
      readonly properties: readonly Property[];
      readonly at: Place;
    }
  | {
      readonly kind: 'prepare';
      readonly name: Identifier;
      readonly statement: Statement;
      readonly sql: string;
      readonly at: Place;
    }
  | {
      readonly kind: 'execute';
      readonly name: Identifier;
      readonly parameters: readonly Expression[];
      readonly at: Place;
    }
  | { readonly kind: 'deallocate'; readonly name: Identifier; readonly at: Place }
  | {
      readonly kind: 'explain';
      readonly analyze: boolean;
      readonly format: 'TEXT' | 'GRAPHVIZ' | 'JSON';
      readonly type: 'LOGICAL' | 'DISTRIBUTED' | 'VALIDATE' | 'IO';
      readonly statement: Statement;
      readonly sql: string;
      readonly at: Place;
    }
  | {
      readonly kind: 'show-tables';
      readonly schema: QualifiedName | undefined;
      readonly like: string | undefined;
      readonly escape: string | undefined;
      readonly at: Place;
    }
  | {
      readonly kind: 'show-schemas';
      readonly catalog: Identifier | undefined;
      readonly like: string | undefined;
      readonly escape: string | undefined;
      readonly at: Place;
    }
  | {
      readonly kind: 'show-catalogs';
      readonly like: string | undefined;
      readonly escape: string | undefined;
      readonly at: Place;
    }
  | {
      readonly kind: 'show-columns';
      readonly name: QualifiedName;
      readonly like: string | undefined;
      readonly escape: string | undefined;
      readonly at: Place;
    }
  | {
      readonly kind: 'show-create';
      readonly what: 'TABLE' | 'VIEW' | 'SCHEMA';
      readonly name: QualifiedName;
      readonly at: Place;
    }
  | {
      readonly kind: 'show-functions';
      readonly like: string | undefined;
      readonly escape: string | undefined;
      readonly at: Place;
    }
  | {
      readonly kind: 'describe-prepared';
      readonly what: 'input' | 'output';
      readonly name: Identifier;
      readonly at: Place;
    }
  /** A statement that Trino's grammar has and Athena or this engine has not. */
  | { readonly kind: 'other'; readonly what: string; readonly at: Place };

export type StatementKind = Statement['kind'];
