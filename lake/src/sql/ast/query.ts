import type {
  Expression,
  Identifier,
  JsonBehavior,
  JsonPathCall,
  Place,
  SortItem,
  TypeName,
  WindowSpecification,
} from './expression.ts';

export type SelectItem =
  | {
      readonly kind: 'expression';
      readonly value: Expression;
      readonly alias: Identifier | undefined;
      readonly at: Place;
    }
  | {
      readonly kind: 'all';
      readonly target: Expression | undefined;
      readonly aliases: readonly Identifier[];
      readonly at: Place;
    };

export type GroupingElement =
  | { readonly kind: 'simple'; readonly terms: readonly Expression[] }
  | { readonly kind: 'sets' | 'rollup' | 'cube'; readonly sets: readonly (readonly Expression[])[] };

export interface NamedQuery {
  readonly name: Identifier;
  readonly columns: readonly Identifier[] | undefined;
  readonly query: Query;
  readonly at: Place;
}

export interface NamedWindow {
  readonly name: Identifier;
  readonly window: WindowSpecification;
}

export type RowCount =
  | { readonly kind: 'count'; readonly value: string }
  | { readonly kind: 'parameter'; readonly index: number };

export interface Select {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly items: readonly SelectItem[];
  readonly from: Relation | undefined;
  readonly where: Expression | undefined;
  readonly groupBy:
    | { readonly distinct: boolean; readonly elements: readonly GroupingElement[]; readonly at: Place }
    | undefined;
  readonly having: Expression | undefined;
  readonly windows: readonly NamedWindow[];
  readonly at: Place;
}

export type Body =
  | Select
  | {
      readonly kind: 'set';
      readonly operator: 'UNION' | 'INTERSECT' | 'EXCEPT';
      readonly all: boolean;
      readonly left: Body;
      readonly right: Body;
      readonly at: Place;
    }
  | { readonly kind: 'values'; readonly rows: readonly Expression[]; readonly at: Place }
  | { readonly kind: 'table'; readonly name: QualifiedName; readonly at: Place }
  | { readonly kind: 'nested'; readonly query: Query; readonly at: Place };

export interface Query {
  readonly with: { readonly recursive: boolean; readonly queries: readonly NamedQuery[] } | undefined;
  readonly body: Body;
  readonly orderBy: readonly SortItem[];
  readonly offset: RowCount | undefined;
  readonly limit: RowCount | undefined;
  readonly withTies: Place | undefined;
  readonly at: Place;
}

export interface QualifiedName {
  readonly parts: readonly Identifier[];
  readonly at: Place;
}

export type JsonTableColumn =
  | { readonly kind: 'ordinality'; readonly name: Identifier }
  | {
      readonly kind: 'value';
      readonly name: Identifier;
      readonly type: TypeName;
      readonly path: string | undefined;
      readonly onEmpty: JsonBehavior;
      readonly onError: JsonBehavior;
    };

export type JoinCriteria =
  | { readonly kind: 'on'; readonly condition: Expression }
  | { readonly kind: 'using'; readonly columns: readonly Identifier[] }
  | { readonly kind: 'natural' };

export type Relation =
  | { readonly kind: 'table'; readonly name: QualifiedName; readonly at: Place }
  | {
      readonly kind: 'aliased';
      readonly relation: Relation;
      readonly alias: Identifier;
      readonly columns: readonly Identifier[] | undefined;
      readonly at: Place;
    }
  | { readonly kind: 'subquery'; readonly query: Query; readonly at: Place }
  | { readonly kind: 'lateral'; readonly query: Query; readonly at: Place }
  | {
      readonly kind: 'unnest';
      readonly values: readonly Expression[];
      readonly ordinality: boolean;
      readonly at: Place;
    }
  | {
      readonly kind: 'sample';
      readonly relation: Relation;
      readonly method: 'BERNOULLI' | 'SYSTEM';
      readonly percentage: Expression;
      readonly at: Place;
    }
  | {
      readonly kind: 'json-table';
      readonly call: JsonPathCall;
      readonly columns: readonly JsonTableColumn[];
      readonly errorOnError: boolean;
      readonly at: Place;
    }
  | {
      readonly kind: 'join';
      readonly type: 'cross' | 'implicit' | 'inner' | 'left' | 'right' | 'full';
      readonly left: Relation;
      readonly right: Relation;
      readonly criteria: JoinCriteria | undefined;
      readonly at: Place;
    }
  /** The grammar has it, this engine doesn't: refused by name when it is analysed. */
  | { readonly kind: 'unsupported'; readonly what: string; readonly at: Place };
