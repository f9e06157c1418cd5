import { WireError } from '../wire/json-service.ts';
import { DATA_CATALOG } from './data-catalog.ts';
import type { AthenaCall } from './operation.ts';
import type { Tags } from './settings.ts';

/** What has tags in Athena: workgroups and data catalogs. */
export function requireTaggable(arn: string, call: AthenaCall): void {
  const parts = /^arn:aws[a-z-]*:athena:[^:]*:(?<account>[^:]*):(?<kind>workgroup|datacatalog)\/(?<name>.+)$/.exec(arn);
  const name = parts?.groups?.name ?? '';
  const own = parts?.groups?.account === call.account;
  const known = parts?.groups?.kind === 'workgroup' ? call.settings.workgroup(name) : name === DATA_CATALOG;
  if (!own || !known) {
    throw new WireError('ResourceNotFoundException', `Resource ${arn} is not found`, 400, { ResourceName: arn });
  }
}

export function workGroupArn(call: { readonly region: string; readonly account: string }, name: string): string {
  return `arn:aws:athena:${call.region}:${call.account}:workgroup/${name}`;
}

export function mergedTags(before: Tags, added: readonly { readonly Key: string; readonly Value?: string }[]): Tags {
  return { ...before, ...Object.fromEntries(added.map(({ Key, Value }) => [Key, Value ?? ''])) };
}
