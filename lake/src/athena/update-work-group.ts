import { oneOf, structure } from '../shape/shape.ts';
import { checkLocation, checkManagedResults, engineVersion } from './create-work-group.ts';
import type { ResultConfiguration } from './execution.ts';
import { workgroupNamed } from './get-work-group.ts';
import { operation } from './operation.ts';
import type { WorkGroup, WorkGroupConfiguration } from './settings.ts';
import { description, workGroupName, workGroupUpdates } from './shapes.ts';

type ResultUpdates = ResultConfiguration & {
  readonly RemoveOutputLocation?: boolean;
  readonly RemoveEncryptionConfiguration?: boolean;
  readonly RemoveExpectedBucketOwner?: boolean;
  readonly RemoveAclConfiguration?: boolean;
};

type Updates = Partial<WorkGroupConfiguration> & {
  readonly RemoveBytesScannedCutoffPerQuery?: boolean;
  readonly ResultConfigurationUpdates?: ResultUpdates;
};

interface Input {
  readonly WorkGroup: string;
  readonly Description?: string;
  readonly State?: WorkGroup['State'];
  readonly ConfigurationUpdates?: Updates;
}

export const updateWorkGroup = operation<Input>(
  structure({
    'WorkGroup!': workGroupName,
    Description: description,
    State: oneOf('ENABLED', 'DISABLED'),
    ConfigurationUpdates: workGroupUpdates,
  }),
  async (input, call) => {
    const before = workgroupNamed(call, input.WorkGroup);
    checkManagedResults(input.ConfigurationUpdates?.ManagedQueryResultsConfigurationUpdates);
    await call.settings.change({
      kind: 'workgroup',
      workgroup: {
        ...before,
        State: input.State ?? before.State,
        Description: input.Description ?? before.Description,
        Configuration: updated(before.Configuration, input.ConfigurationUpdates ?? {}),
      },
    });
    return {};
  },
);

function updated(before: WorkGroupConfiguration, updates: Updates): WorkGroupConfiguration {
  const { RemoveBytesScannedCutoffPerQuery, ResultConfigurationUpdates, EngineVersion, ...rest } = updates;
  const merged = { ...before, ...rest };
  const { BytesScannedCutoffPerQuery: _cutoff, ...withoutCutoff } = merged;
  return {
    ...(RemoveBytesScannedCutoffPerQuery ? withoutCutoff : merged),
    EngineVersion: EngineVersion ? engineVersion(EngineVersion) : before.EngineVersion,
    ResultConfiguration: updatedResult(before.ResultConfiguration, ResultConfigurationUpdates ?? {}),
  } as WorkGroupConfiguration;
}

const REMOVABLE = ['OutputLocation', 'EncryptionConfiguration', 'ExpectedBucketOwner', 'AclConfiguration'] as const;

function updatedResult(before: ResultConfiguration, updates: ResultUpdates): ResultConfiguration {
  checkLocation(updates.OutputLocation);
  const merged = REMOVABLE.flatMap((member) => {
    const value = updates[`Remove${member}`] ? undefined : (updates[member] ?? before[member]);
    return value === undefined ? [] : [[member, value] as const];
  });
  return Object.fromEntries(merged);
}
