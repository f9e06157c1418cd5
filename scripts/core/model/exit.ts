/** Exit codes of every verb (docs/commands). 2 is that of diff-like checks: `terraform plan -detailed-exitcode`. */
export const EXIT = { done: 0, error: 1, pending: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * A mistake of the user or of their surroundings, told without a stack trace: what is wrong and how to put it right.
 * Anything else that is thrown is a bug of Weir.
 */
export class UserError extends Error {
  readonly cure: string;
  readonly where: string | undefined;
  constructor(message: string, cure: string, options: { where?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'UserError';
    this.cure = cure;
    this.where = options.where;
  }
}
