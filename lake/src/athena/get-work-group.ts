import { structure } from '../shape/shape.ts';
import { type AthenaCall, operation, refused } from './operation.ts';
import type { WorkGroup } from './settings.ts';
import { workGroupName } from './shapes.ts';

export const getWorkGroup = operation<{ readonly WorkGroup: string }>(
  structure({ 'WorkGroup!': workGroupName }),
  (input, call) => ({ WorkGroup: workgroupNamed(call, input.WorkGroup) }),
);

export function workgroupNamed(call: AthenaCall, name: string): WorkGroup {
  const workgroup = call.settings.workgroup(name);
  if (!workgroup) throw refused(`WorkGroup ${name} is not found.`);
  return workgroup;
}
