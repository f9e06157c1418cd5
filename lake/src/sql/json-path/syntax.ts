/** The tree of an SQL/JSON path. */
export type PathNode =
  | { readonly kind: 'context' }
  | { readonly kind: 'current' }
  | { readonly kind: 'last' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: null | boolean | string | number }
  | { readonly kind: 'member'; readonly base: PathNode; readonly name: string | undefined }
  | { readonly kind: 'elements'; readonly base: PathNode; readonly subscripts: readonly Subscript[] | undefined }
  | { readonly kind: 'filter'; readonly base: PathNode; readonly test: Predicate }
  | { readonly kind: 'method'; readonly base: PathNode; readonly name: string }
  | { readonly kind: 'arithmetic'; readonly operator: string; readonly left: PathNode; readonly right: PathNode }
  | { readonly kind: 'sign'; readonly operator: '+' | '-'; readonly value: PathNode };

export interface Subscript {
  readonly from: PathNode;
  readonly to: PathNode | undefined;
}

export type Predicate =
  | { readonly kind: 'and' | 'or'; readonly left: Predicate; readonly right: Predicate }
  | { readonly kind: 'not' | 'is-unknown'; readonly value: Predicate }
  | { readonly kind: 'exists'; readonly path: PathNode }
  | { readonly kind: 'compare'; readonly operator: string; readonly left: PathNode; readonly right: PathNode }
  | { readonly kind: 'starts-with'; readonly value: PathNode; readonly start: PathNode }
  | { readonly kind: 'like-regex'; readonly value: PathNode; readonly pattern: RegExp };

export interface Path {
  readonly lax: boolean;
  readonly root: PathNode;
}

/** A path that can't be read. */
export class PathError extends Error {}
