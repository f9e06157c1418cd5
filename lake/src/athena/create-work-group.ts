import { list, structure } from '../shape/shape.ts';
import { operation, refused } from './operation.ts';
import { placeOf } from './output-location.ts';
import { mergedTags, workGroupArn } from './resource-tags.ts';
import { ENGINE_VERSION, type WorkGroupConfiguration } from './settings.ts';
import { description, tag, workGroupConfiguration, workGroupName } from './shapes.ts';

interface Input {
  readonly Name: string;
  readonly Description?: string;
  readonly Configuration?: Partial<WorkGroupConfiguration>;
  readonly Tags?: readonly { readonly Key: string; readonly Value?: string }[];
}

export const createWorkGroup = operation<Input>(
  structure({
    'Name!': workGroupName,
    Description: description,
    Configuration: workGroupConfiguration,
    Tags: list(tag),
  }),
  async (input, call) => {
    if (call.settings.workgroup(input.Name)) throw refused('WorkGroup is already created');
    const { EngineVersion, ...configuration } = input.Configuration ?? {};
    checkLocation(configuration.ResultConfiguration?.OutputLocation);
    checkManagedResults(configuration.ManagedQueryResultsConfiguration);
    await call.settings.change({
      kind: 'workgroup',
      workgroup: {
        Name: input.Name,
        State: 'ENABLED',
        Description: input.Description ?? '',
        CreationTime: Date.now() / 1000,
        Configuration: {
          ResultConfiguration: {},
          EnforceWorkGroupConfiguration: true,
          PublishCloudWatchMetricsEnabled: true,
          RequesterPaysEnabled: false,
          ...configuration,
          EngineVersion: engineVersion(EngineVersion),
        },
      },
    });
    if (input.Tags?.length) {
      const arn = workGroupArn(call, input.Name);
      await call.settings.change({ kind: 'tags', arn, tags: mergedTags({}, input.Tags) });
    }
    return {};
  },
);

export function checkLocation(location: string | undefined): void {
  if (location && !placeOf(location)) throw refused(`outputLocation is not a valid S3 path: ${location}`);
}

/** Results that AWS keeps outside the account's buckets are not here; to ignore the wish would send them elsewhere. */
export function checkManagedResults(configuration: unknown): void {
  if ((configuration as { readonly Enabled?: boolean } | undefined)?.Enabled) {
    throw refused('ManagedQueryResultsConfiguration is not supported by the local lake');
  }
}

const KNOWN = new Set(['AUTO', ENGINE_VERSION.EffectiveEngineVersion]);

/** Version 3 is the one there is; others (PySpark among them) are refused, not quietly replaced. */
export function engineVersion(asked: { readonly SelectedEngineVersion?: string } | undefined) {
  const selected = asked?.SelectedEngineVersion ?? 'AUTO';
  if (!KNOWN.has(selected)) throw refused(`The engine version ${selected} is not supported.`);
  return { ...ENGINE_VERSION, SelectedEngineVersion: selected };
}
