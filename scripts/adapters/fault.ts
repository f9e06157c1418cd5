import { UserError } from '../core/model/exit.ts';
import { AwsFault, type FaultClass } from '../core/model/fault.ts';
import { withoutSecrets } from './redact.ts';

export { AwsFault, type FaultClass, isFault } from '../core/model/fault.ts';

const PASSING =
  /throttl|toomanyrequests|slowdown|requestlimitexceeded|requesttimeout|requesttimetooskewed|bandwidthlimit|provisionedthroughput|internal(server|service|failure|error)|serviceunavailable|timeouterror|operationtimeout|resourcenotready|priorrequestnotcomplete|transactioninprogress/i;
const LIMIT = /limitexceeded|quotaexceeded|toolarge|resourcenumberlimit/i;
const DENIED =
  /accessdenied|unauthorized|forbidden|notauthorized|expiredtoken|invalidclienttokenid|invalidaccesskeyid|unrecognizedclient|signaturedoesnotmatch|invalidsignature|invalididentitytoken|optinrequired|accountproblem/i;
const CONFLICT =
  /concurrentmodification|alreadyexists|preconditionfailed|conditionalrequestconflict|bucketalreadyowned|operationaborted/i;
const NOT_FOUND = /entitynotfound|nosuch|notfound|resourcenotfound/i;
/** The connection itself failed: https://nodejs.org/api/errors.html#common-system-errors */
const NETWORK = /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|UND_ERR.*)$/;

interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly Code?: string;
  readonly errno?: number;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly cause?: unknown;
}

/** The class of an AWS error name, with the HTTP status where the name tells nothing. */
export function classOf(code: string, status?: number): FaultClass {
  if (PASSING.test(code)) return 'passing';
  if (LIMIT.test(code)) return 'limit';
  if (DENIED.test(code)) return 'denied';
  if (CONFLICT.test(code)) return 'conflict';
  if (NOT_FOUND.test(code)) return 'not-found';
  if (NETWORK.test(code)) return 'passing';
  if (status === undefined) return 'permanent';
  if (status >= 500 || status === 429) return 'passing';
  if (status === 401 || status === 403) return 'denied';
  if (status === 404) return 'not-found';
  return status === 409 || status === 412 ? 'conflict' : 'permanent';
}

/** The UserError for whatever a call of the SDK threw. `target` is the endpoint or region that was called. */
export function faultOf(api: string, error: unknown, target: string): Error {
  if (error instanceof UserError) return error;
  const sdk = (error ?? {}) as SdkError;
  const network = networkCode(sdk);
  const status = sdk.$metadata?.httpStatusCode;
  const code = network ?? codeOf(sdk);
  if (isProgrammingError(error, sdk)) return error as Error;
  if (/CredentialsProviderError|CredentialsError|TokenProviderError/.test(code)) return noCredentials(api, error);
  const faultClass = classOf(code, status);
  if (network !== undefined) {
    return new AwsFault(
      { faultClass, code, api },
      `${api}: no connection to ${target} (${code})`,
      target.startsWith('http')
        ? 'start what serves that address, or correct or unset AWS_ENDPOINT_URL; the same command can be run again'
        : 'check the network and the region of the environment; the same command can be run again',
      { cause: error },
    );
  }
  return new AwsFault(
    { faultClass, code, api },
    `${api}: ${code}: ${withoutSecrets(sdk.message ?? '')}`.trim(),
    cureOf(faultClass),
    {
      cause: error,
    },
  );
}

function codeOf(sdk: SdkError): string {
  // S3's HEAD answers have no body, so the SDK names them after the status (`NotFound`, `403`).
  const name = sdk.name === undefined || sdk.name === 'Error' ? undefined : sdk.name;
  return name ?? sdk.Code ?? sdk.code ?? 'UnknownError';
}

function networkCode(sdk: SdkError): string | undefined {
  if (typeof sdk.code === 'string' && NETWORK.test(sdk.code)) return sdk.code;
  const cause = sdk.cause as SdkError | undefined;
  return typeof cause?.code === 'string' && NETWORK.test(cause.code) ? cause.code : undefined;
}

/** A TypeError and its like without an answer of AWS is a bug, not a fault of AWS: it keeps its stack. */
function isProgrammingError(error: unknown, sdk: SdkError): boolean {
  return sdk.$metadata === undefined && (error instanceof TypeError || error instanceof RangeError);
}

function noCredentials(api: string, cause: unknown): AwsFault {
  return new AwsFault(
    { faultClass: 'denied', code: 'NoCredentials', api },
    `${api}: no AWS credentials were found`,
    'sign in (aws sso login, AWS_PROFILE, or OIDC in GitHub Actions), or use --env local, which needs none',
    { cause },
  );
}

function cureOf(faultClass: FaultClass): string {
  switch (faultClass) {
    case 'passing':
      return 'AWS was busy for longer than Weir waits; run the same command again, it goes on where it stopped';
    case 'limit':
      return 'an AWS quota or limit is reached: make the request smaller or ask for a higher quota';
    case 'denied':
      return 'the role may not do this: check the credentials and the role of this environment (docs/aws.md)';
    case 'conflict':
      return 'somebody else changed it at the same time: run the command again, it looks anew';
    case 'not-found':
      return 'check the name, the region and the account of the environment in pipeline/lake.yaml';
    case 'permanent':
      return 'AWS refuses the request as it is; the message says why, and trying again changes nothing';
  }
}
