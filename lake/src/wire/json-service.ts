/** Who asks and where: the same for every service of the lake. */
export interface ServiceContext {
  readonly account: string;
  readonly region: string;
}

export interface RequestContext extends ServiceContext {
  readonly requestId: string;
}

/** One operation of an AWS JSON 1.1 service; `input` is the parsed body, to be judged by the operation itself. */
export type JsonOperation = (input: unknown, context: RequestContext) => Promise<unknown>;

/** A service that is addressed by `X-Amz-Target: <target>.<operation>`. */
export interface JsonService {
  readonly target: 'AWSGlue' | 'AmazonAthena';
  readonly operations: Readonly<Record<string, JsonOperation>>;
}

/** A refusal under its AWS name. `fields` go into the error's body beside the message (Athena's `AthenaErrorCode`). */
export class WireError extends Error {
  readonly code: string;
  readonly status: number;
  readonly fields: Readonly<Record<string, unknown>>;
  constructor(code: string, message: string, status = 400, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'WireError';
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}
