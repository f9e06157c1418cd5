import { WireError } from '../wire/json-service.ts';
import { workgroupNamed } from './get-work-group.ts';
import type { AthenaCall } from './operation.ts';
import type { PreparedStatement } from './settings.ts';

export function statementNamed(call: AthenaCall, workgroup: string, name: string): PreparedStatement {
  workgroupNamed(call, workgroup);
  const statement = call.settings.prepared(workgroup).get(name);
  if (!statement) {
    throw new WireError(
      'ResourceNotFoundException',
      `PreparedStatement ${name} was not found in workGroup ${workgroup}`,
    );
  }
  return statement;
}
