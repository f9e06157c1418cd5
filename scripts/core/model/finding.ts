/** A place in a file of the repository; line and column count from 1. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export type Severity = 'error' | 'warning';

/** One thing that is wrong with the definitions: where, which rule, what, and how to put it right. */
export interface Finding {
  readonly place: Place;
  /** Other places that are as much at fault. */
  readonly also?: readonly Place[];
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly cure: string;
}
