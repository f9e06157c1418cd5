import type { Query } from './query.ts';

/** Line and column count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** `quoted` decides how a name is shown in messages, never what it matches: Trino ignores case everywhere. */
export interface Identifier {
  readonly kind: 'identifier';
  readonly name: string;
  readonly quoted: boolean;
  readonly at: Place;
}

/** A type as the statement spells it. */
export interface TypeName {
  readonly text: string;
  readonly at: Place;
}

export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

export interface SortItem {
  readonly key: Expression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
  /** Whether NULLS was written: it shows in messages. */
  readonly nullsGiven: boolean;
  readonly at: Place;
}

export type FrameBound =
  | { readonly kind: 'unbounded-preceding' | 'unbounded-following' | 'current-row' }
  | { readonly kind: 'preceding' | 'following'; readonly value: Expression };

export interface Frame {
  readonly unit: 'ROWS' | 'RANGE' | 'GROUPS';
  readonly start: FrameBound;
  readonly end: FrameBound | undefined;
  readonly at: Place;
}

export interface WindowSpecification {
  readonly base: Identifier | undefined;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly SortItem[];
  readonly frame: Frame | undefined;
  readonly at: Place;
}

export type Over =
  | { readonly kind: 'reference'; readonly name: Identifier }
  | { readonly kind: 'specification'; readonly window: WindowSpecification };

export interface FunctionCall {
  readonly kind: 'call';
  readonly name: readonly Identifier[];
  readonly args: readonly Expression[];
  readonly star: boolean;
  readonly distinct: boolean;
  readonly filter: Expression | undefined;
  readonly orderBy: readonly SortItem[];
  readonly over: Over | undefined;
  readonly nulls: 'ignore' | 'respect' | undefined;
  /** LISTAGG: what happens beyond the size limit. */
  readonly overflow?: { readonly truncate: boolean; readonly filler: string; readonly count: boolean } | undefined;
  readonly at: Place;
}

export interface Lambda {
  readonly kind: 'lambda';
  readonly parameters: readonly Identifier[];
  readonly body: Expression;
  readonly at: Place;
}

/** What a JSON function does where the path finds nothing or fails. */
export type JsonBehavior =
  | { readonly kind: 'null' | 'error' | 'true' | 'false' | 'unknown' | 'empty array' | 'empty object' }
  | { readonly kind: 'default'; readonly value: Expression };

export interface JsonPathCall {
  readonly input: Expression;
  readonly inputFormatted: boolean;
  readonly path: string;
  readonly passing: readonly { readonly name: Identifier; readonly value: Expression; readonly formatted: boolean }[];
}

export type Expression =
  | Identifier
  | FunctionCall
  | Lambda
  | { readonly kind: 'dereference'; readonly base: Expression; readonly field: Identifier; readonly at: Place }
  | { readonly kind: 'null'; readonly at: Place }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly at: Place }
  | { readonly kind: 'string'; readonly value: string; readonly at: Place }
  /** Hexadecimal digits, upper case. */
  | { readonly kind: 'binary'; readonly hex: string; readonly at: Place }
  | { readonly kind: 'integer'; readonly text: string; readonly at: Place }
  | { readonly kind: 'decimal'; readonly text: string; readonly at: Place }
  | { readonly kind: 'double'; readonly text: string; readonly at: Place }
  /** `DATE '2024-01-01'`, `BIGINT '1'`, `JSON '{}'`. */
  | { readonly kind: 'typed'; readonly type: TypeName; readonly value: string; readonly at: Place }
  | {
      readonly kind: 'interval';
      readonly value: string;
      readonly negative: boolean;
      readonly from: string;
      readonly to: string | undefined;
      readonly at: Place;
    }
  | { readonly kind: 'parameter'; readonly index: number; readonly at: Place }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: Place;
    }
  | { readonly kind: 'sign'; readonly operator: '+' | '-'; readonly value: Expression; readonly at: Place }
  | {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: Place;
    }
  | {
      readonly kind: 'distinct';
      readonly negated: boolean;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: Place;
    }
  | {
      readonly kind: 'logical';
      readonly operator: 'AND' | 'OR';
      readonly terms: readonly Expression[];
      readonly at: Place;
    }
  | { readonly kind: 'not'; readonly value: Expression; readonly at: Place }
  | { readonly kind: 'is-null'; readonly value: Expression; readonly negated: boolean; readonly at: Place }
  | {
      readonly kind: 'between';
      readonly value: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly at: Place;
    }
  | { readonly kind: 'in-list'; readonly value: Expression; readonly list: readonly Expression[]; readonly at: Place }
  | { readonly kind: 'in-query'; readonly value: Expression; readonly query: Query; readonly at: Place }
  | {
      readonly kind: 'like';
      readonly value: Expression;
      readonly pattern: Expression;
      readonly escape: Expression | undefined;
      readonly at: Place;
    }
  | { readonly kind: 'exists'; readonly query: Query; readonly at: Place }
  | {
      readonly kind: 'quantified';
      readonly operator: ComparisonOperator;
      readonly quantifier: 'ALL' | 'ANY';
      readonly value: Expression;
      readonly query: Query;
      readonly at: Place;
    }
  | { readonly kind: 'subquery'; readonly query: Query; readonly at: Place }
  | {
      readonly kind: 'case';
      readonly operand: Expression | undefined;
      readonly whens: readonly { readonly condition: Expression; readonly result: Expression; readonly at: Place }[];
      readonly otherwise: Expression | undefined;
      readonly at: Place;
    }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly yes: Expression;
      readonly otherwise: Expression | undefined;
      readonly at: Place;
    }
  | { readonly kind: 'nullif'; readonly left: Expression; readonly right: Expression; readonly at: Place }
  | { readonly kind: 'coalesce'; readonly operands: readonly Expression[]; readonly at: Place }
  | { readonly kind: 'try'; readonly value: Expression; readonly at: Place }
  | {
      readonly kind: 'cast';
      readonly value: Expression;
      readonly type: TypeName;
      readonly safe: boolean;
      readonly at: Place;
    }
  | { readonly kind: 'row'; readonly items: readonly Expression[]; readonly at: Place }
  | { readonly kind: 'array'; readonly items: readonly Expression[]; readonly at: Place }
  | { readonly kind: 'subscript'; readonly base: Expression; readonly index: Expression; readonly at: Place }
  | { readonly kind: 'at-time-zone'; readonly value: Expression; readonly zone: Expression; readonly at: Place }
  | { readonly kind: 'extract'; readonly field: string; readonly value: Expression; readonly at: Place }
  | {
      readonly kind: 'current';
      readonly what:
        | 'date'
        | 'time'
        | 'timestamp'
        | 'localtime'
        | 'localtimestamp'
        | 'user'
        | 'catalog'
        | 'schema'
        | 'path';
      readonly precision: number | undefined;
      readonly at: Place;
    }
  | { readonly kind: 'grouping'; readonly columns: readonly Expression[]; readonly at: Place }
  | { readonly kind: 'json-exists'; readonly call: JsonPathCall; readonly onError: JsonBehavior; readonly at: Place }
  | {
      readonly kind: 'json-value';
      readonly call: JsonPathCall;
      readonly returning: TypeName | undefined;
      readonly onEmpty: JsonBehavior;
      readonly onError: JsonBehavior;
      readonly at: Place;
    }
  | {
      readonly kind: 'json-query';
      readonly call: JsonPathCall;
      readonly returning: TypeName | undefined;
      readonly wrapper: 'without' | 'conditional' | 'unconditional';
      readonly quotes: 'keep' | 'omit' | undefined;
      readonly onEmpty: JsonBehavior;
      readonly onError: JsonBehavior;
      readonly at: Place;
    }
  | {
      readonly kind: 'json-object';
      readonly members: readonly {
        readonly key: Expression;
        readonly value: Expression;
        readonly formatted: boolean;
      }[];
      readonly nullOnNull: boolean;
      readonly uniqueKeys: boolean;
      readonly returning: TypeName | undefined;
      readonly at: Place;
    }
  | {
      readonly kind: 'json-array';
      readonly items: readonly { readonly value: Expression; readonly formatted: boolean }[];
      readonly nullOnNull: boolean;
      readonly returning: TypeName | undefined;
      readonly at: Place;
    };

export type ExpressionKind = Expression['kind'];
export type Of<K extends ExpressionKind> = Extract<Expression, { readonly kind: K }>;
