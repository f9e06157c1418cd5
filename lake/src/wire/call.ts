import type { Answer } from './http.ts';

/** A request that found its service and operation, whatever the protocol: what faults and the log are told of. */
export interface Call {
  /** s3, glue, athena, sts, sns. */
  readonly service: string;
  readonly operation: string;
  /** `METHOD /path?query`, and the body where it was read as a whole. */
  readonly text: string;
  run(): Promise<Answer>;
  /** The answer to an error, in the words of the protocol. */
  fail(error: unknown): Answer;
  /** An error that a test asked for. */
  inject(code: string, message: string, status: number | undefined): Answer;
}
