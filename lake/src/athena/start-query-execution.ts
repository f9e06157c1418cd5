import { createHash, randomUUID } from 'node:crypto';
import { any, list, structure, text } from '../shape/shape.ts';
import { WireError } from '../wire/json-service.ts';
import { requireDataCatalog } from './data-catalog.ts';
import type { QueryRecord, ResultConfiguration } from './execution.ts';
import { workgroupNamed } from './get-work-group.ts';
import { type AthenaCall, operation, refused } from './operation.ts';
import { effectiveConfiguration, resultBase, resultPlace, uriOf } from './output-location.ts';
import { ENGINE_VERSION } from './settings.ts';
import { catalogName, clientToken, databaseName, queryString, resultConfiguration, workGroupName } from './shapes.ts';

interface Input {
  readonly QueryString: string;
  readonly ClientRequestToken?: string;
  readonly QueryExecutionContext?: { readonly Database?: string; readonly Catalog?: string };
  readonly ResultConfiguration?: ResultConfiguration;
  readonly WorkGroup?: string;
  readonly ExecutionParameters?: readonly string[];
  readonly ResultReuseConfiguration?: unknown;
}

/** More at once are told to come again, as Athena does at its quota of active queries. */
const MOST_ACTIVE = 1000;

export const startQueryExecution = operation<Input>(
  structure({
    'QueryString!': queryString,
    ClientRequestToken: clientToken,
    QueryExecutionContext: structure({ Database: databaseName, Catalog: catalogName }),
    ResultConfiguration: resultConfiguration,
    WorkGroup: workGroupName,
    ExecutionParameters: list(text({ min: 1, max: 1024 }), { min: 1 }),
    ResultReuseConfiguration: any,
  }),
  (input, call) => {
    const workgroup = workgroupNamed(call, input.WorkGroup ?? 'primary');
    if (workgroup.State !== 'ENABLED') throw refused(`WorkGroup ${workgroup.Name} is disabled.`);
    if (input.QueryExecutionContext?.Catalog !== undefined)
      requireDataCatalog(input.QueryExecutionContext.Catalog, refused);
    const digest = digestOf(input, workgroup.Name);
    const earlier = sameToken(input.ClientRequestToken, digest, call);
    if (earlier) return { QueryExecutionId: earlier };

    const configuration = effectiveConfiguration(workgroup, input.ResultConfiguration);
    const base = resultBase(configuration, call.store);
    const statement = call.engine.classify(input.QueryString);
    if (statement.kind === 'refused') throw refused(statement.message, 'MALFORMED_QUERY');
    if (call.runner.active() >= MOST_ACTIVE) throw tooMany();

    const id = randomUUID();
    const place = resultPlace(base, id, statement.statementType, statement.substatementType);
    const record: QueryRecord = {
      ...(input.ClientRequestToken === undefined ? {} : { token: input.ClientRequestToken }),
      digest,
      base,
      execution: {
        QueryExecutionId: id,
        Query: input.QueryString,
        StatementType: statement.statementType,
        SubstatementType: statement.substatementType,
        ResultConfiguration: { ...configuration, OutputLocation: uriOf(place) },
        ResultReuseConfiguration: input.ResultReuseConfiguration ?? {
          ResultReuseByAgeConfiguration: { Enabled: false },
        },
        QueryExecutionContext: contextOf(input),
        Status: { State: 'QUEUED', SubmissionDateTime: Date.now() / 1000 },
        Statistics: {},
        WorkGroup: workgroup.Name,
        EngineVersion: { ...ENGINE_VERSION, ...workgroup.Configuration.EngineVersion },
        ...(input.ExecutionParameters ? { ExecutionParameters: input.ExecutionParameters } : {}),
      },
    };
    call.history.add(record);
    call.runner.start(record);
    return { QueryExecutionId: id };
  },
);

/** Athena shows names of databases and catalogs in lower case. */
function contextOf({ QueryExecutionContext: context }: Input) {
  return {
    ...(context?.Database === undefined ? {} : { Database: context.Database.toLowerCase() }),
    ...(context?.Catalog === undefined ? {} : { Catalog: context.Catalog.toLowerCase() }),
  };
}

/** The same token with the same parameters is the same query, whatever became of it; with others it is a mistake. */
function sameToken(token: string | undefined, digest: string, call: AthenaCall): string | undefined {
  const earlier = token === undefined ? undefined : call.history.findToken(token);
  if (!earlier) return undefined;
  if (earlier.digest !== digest) throw refused('Idempotent parameters do not match');
  return earlier.execution.QueryExecutionId;
}

function digestOf(input: Input, workgroup: string): string {
  const { ClientRequestToken: _token, WorkGroup: _workgroup, ...parameters } = input;
  return createHash('sha256')
    .update(stable({ ...parameters, workgroup }))
    .digest('base64');
}

/** JSON with the members in order, so that equal requests have equal text. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function tooMany(): WireError {
  return new WireError(
    'TooManyRequestsException',
    'You have exceeded the limit for the number of queries you can run concurrently.',
    400,
    {
      Reason: 'CONCURRENT_QUERY_LIMIT_EXCEEDED',
    },
  );
}
