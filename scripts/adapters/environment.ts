import { AthenaClient, CreateWorkGroupCommand, GetWorkGroupCommand } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import { CreateBucketCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { Environment, LakeDefinition } from '../core/model/definition.ts';
import { UserError } from '../core/model/exit.ts';
import type { AthenaPort, GluePort, S3Port, SnsPort } from '../core/model/ports.ts';
import { athenaPort } from './athena.ts';
import { type AwsCall, awsCall, RETRIES } from './aws.ts';
import { isFault } from './fault.ts';
import { gluePort } from './glue.ts';
import { s3Port } from './s3.ts';
import { type OpenTopic, openTopic } from './topic.ts';

// The SDK would print nine lines about future versions of Node to everybody who runs a verb.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** An environment that is ready to be worked with: reached, checked, and wired to its ports. */
export interface OpenEnvironment {
  readonly environment: Environment;
  readonly glue: GluePort;
  readonly athena: AthenaPort;
  readonly s3: S3Port;
  /** Its topic, where it has one. */
  readonly sns?: SnsPort;
  /** Where the calls go, for messages and for other clients: an endpoint's address, or the region. */
  readonly target: string;
  /** Ends every connection, and the local lake if this opened it. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Folder of the local lake; default WEIR_LAKE_DIR, then `.lake`. */
  readonly lakeDir?: string;
}

/** The environment of pipeline/lake.yaml by its name. */
export function environmentOf(lake: LakeDefinition, name: string): Environment {
  const environment = lake.environments[name];
  if (environment !== undefined) return environment;
  const known = Object.keys(lake.environments).join(', ');
  throw new UserError(`no environment is called ${JSON.stringify(name)}`, `use --env with one of: ${known}`, {
    where: `${lake.place.path}:${lake.place.line}:${lake.place.column}`,
  });
}

/**
 * Opens an environment by name. `local` uses AWS_ENDPOINT_URL if it is set and else the lake in its folder, and its buckets
 * and workgroups are made; for any other the account is asserted before anything else.
 */
export async function openEnvironment(
  lake: LakeDefinition,
  name: string,
  options: OpenOptions = {},
): Promise<OpenEnvironment> {
  const environment = environmentOf(lake, name);
  const given = process.env.AWS_ENDPOINT_URL;
  if (given && !/^https?:$/.test(URL.canParse(given) ? new URL(given).protocol : '')) {
    throw new UserError(
      `AWS_ENDPOINT_URL ${JSON.stringify(given)} is no address`,
      'give one such as http://127.0.0.1:4566, or unset it',
    );
  }
  const local = environment.local && !given ? await startLocalLake(options) : undefined;
  const clients = makeClients(environment, local?.url ?? (given || undefined));
  const target = local?.url ?? (given || `AWS ${environment.region}`);
  const call = awsCall({ target, limited: !environment.local });
  const topic = openTopic(environment, clients.config, call);
  const close = async (): Promise<void> => {
    for (const client of [clients.glue, clients.athena, clients.s3]) client.destroy();
    await topic?.close();
    await local?.stop();
  };
  try {
    if (environment.local) await prepareLocal(clients, call, environment);
    else await assertOwnAccount(call, environment, clients.config);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    environment,
    target,
    glue: gluePort(clients.glue, call),
    athena: athenaPort(clients.athena, call),
    s3: s3Port(clients.s3, call, environment.local ? undefined : environment.account),
    ...(topic === undefined ? {} : { sns: topic }),
    close,
  };
}

/**
 * The topic of an environment that could not be opened: that is worth a notice too. Undefined where there is none, or where
 * only the local lake would have it.
 */
export function topicAlone(environment: Environment): OpenTopic | undefined {
  const given = process.env.AWS_ENDPOINT_URL || undefined;
  if (environment.local && given === undefined) return undefined;
  const call = awsCall({ target: given ?? `AWS ${environment.region}`, limited: !environment.local });
  return openTopic(environment, clientConfig(environment, given), call);
}

async function startLocalLake(options: OpenOptions): Promise<{ url: string; stop(): Promise<void> }> {
  // Loaded when it is needed only: jobs with AWS rights run without the lake installed.
  const { openLake } = await import('./lake.ts');
  const lake = await openLake({ dir: options.lakeDir ?? process.env.WEIR_LAKE_DIR ?? '.lake' });
  if (lake !== undefined) return lake;
  throw new UserError('the local lake is not installed', 'run npm ci with dev packages, or set AWS_ENDPOINT_URL');
}

interface Clients {
  readonly glue: GlueClient;
  readonly athena: AthenaClient;
  readonly s3: S3Client;
  readonly config: ClientConfig;
}

export interface ClientConfig {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly retryMode: 'standard';
  readonly maxAttempts: number;
}

function clientConfig(environment: Environment, endpoint: string | undefined): ClientConfig {
  // A stand-in on this machine takes any credentials; the SDK wants some to sign with.
  const standIn = environment.local && !process.env.AWS_ACCESS_KEY_ID && !process.env.AWS_PROFILE;
  return {
    ...RETRIES,
    region: environment.region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(standIn ? { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } } : {}),
  };
}

function makeClients(environment: Environment, endpoint: string | undefined): Clients {
  const config = clientConfig(environment, endpoint);
  return {
    glue: new GlueClient(config),
    athena: new AthenaClient(config),
    s3: new S3Client({ ...config, forcePathStyle: endpoint !== undefined || !!process.env.AWS_ENDPOINT_URL_S3 }),
    config,
  };
}

/** STS is loaded only where an account is asserted: every local command starts the sooner. */
async function assertOwnAccount(call: AwsCall, environment: Environment, config: ClientConfig): Promise<void> {
  const [{ STSClient }, { assertAccount }] = await Promise.all([import('@aws-sdk/client-sts'), import('./sts.ts')]);
  const client = new STSClient(config);
  try {
    await assertAccount(client, call, environment);
  } finally {
    client.destroy();
  }
}

async function prepareLocal(clients: Clients, call: AwsCall, environment: Environment): Promise<void> {
  const { query, load } = environment.workgroups;
  const results = environment.buckets.results;
  await Promise.all(Object.values(environment.buckets).map((bucket) => ensureBucket(clients.s3, call, bucket)));
  if (results === undefined) return;
  await Promise.all([
    ensureWorkgroup(clients.athena, call, { name: query, location: `s3://${results}/query/`, enforced: true }),
    // CTAS with an external_location is refused where the workgroup enforces its own:
    // https://docs.aws.amazon.com/athena/latest/ug/ctas-considerations-limitations.html
    ensureWorkgroup(clients.athena, call, { name: load, location: `s3://${results}/load/`, enforced: false }),
  ]);
}

async function ensureBucket(client: S3Client, call: AwsCall, bucket: string): Promise<void> {
  const patience = { patienceMs: 0 };
  try {
    await call('s3:HeadBucket', () => client.send(new HeadBucketCommand({ Bucket: bucket })), patience);
  } catch (error) {
    if (!isFault(error, 'not-found')) throw error;
    await unlessThere(
      call('s3:CreateBucket', () => client.send(new CreateBucketCommand({ Bucket: bucket })), patience),
    );
  }
}

interface Workgroup {
  readonly name: string;
  readonly location: string;
  readonly enforced: boolean;
}

async function ensureWorkgroup(client: AthenaClient, call: AwsCall, group: Workgroup): Promise<void> {
  const patience = { patienceMs: 0 };
  try {
    await call('athena:GetWorkGroup', () => client.send(new GetWorkGroupCommand({ WorkGroup: group.name })), patience);
  } catch (error) {
    // Athena answers InvalidRequestException "WorkGroup x is not found." for one that is missing.
    if (!isFault(error, 'permanent', 'not-found')) throw error;
    const made = new CreateWorkGroupCommand({
      Name: group.name,
      Description: 'Made by Weir for its local environment',
      Configuration: {
        EnforceWorkGroupConfiguration: group.enforced,
        ResultConfiguration: { OutputLocation: group.location },
      },
    });
    await unlessThere(call('athena:CreateWorkGroup', () => client.send(made), patience));
  }
}

/** Two commands may start at the same time: what the other has just made is there. */
async function unlessThere(made: Promise<unknown>): Promise<void> {
  try {
    await made;
  } catch (error) {
    if (isFault(error, 'conflict')) return;
    if (isFault(error, 'permanent') && /already/i.test(error.message)) return;
    throw error;
  }
}
