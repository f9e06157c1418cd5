import { UserError } from './exit.ts';

/**
 * What a failed AWS call means for the caller. Only `passing` is ever worth another try; `conflict` wants a new look at
 * what is there (somebody else wrote, or our own lost reply had worked).
 */
export type FaultClass = 'passing' | 'permanent' | 'limit' | 'denied' | 'conflict' | 'not-found';

/** A failure of AWS (or of the way to it) that a port could not answer by a value. */
export class AwsFault extends UserError {
  readonly faultClass: FaultClass;
  /** AWS's error name, e.g. ConcurrentModificationException. */
  readonly code: string;
  /** service:Operation, e.g. glue:UpdateTable. */
  readonly api: string;
  constructor(
    fault: { readonly faultClass: FaultClass; readonly code: string; readonly api: string },
    message: string,
    cure: string,
    options: { cause?: unknown } = {},
  ) {
    super(message, cure, options);
    this.name = 'AwsFault';
    this.faultClass = fault.faultClass;
    this.code = fault.code;
    this.api = fault.api;
  }
}

/** True for an AwsFault of one of the classes. */
export function isFault(error: unknown, ...classes: readonly FaultClass[]): error is AwsFault {
  return error instanceof AwsFault && (classes.length === 0 || classes.includes(error.faultClass));
}
