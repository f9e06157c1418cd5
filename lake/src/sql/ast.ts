/** The tree of a statement, as small as Trino's own: what the analysis needs and the places for its messages. */

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
