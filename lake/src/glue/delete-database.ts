import { operation } from './operation.ts';
import { databaseArn } from './present.ts';
import { name, request } from './shapes.ts';

/** Its tables and their partitions go with it; objects in S3 stay, as with Glue. */
export const deleteDatabase = operation<{ readonly Name: string }>(
  request({ 'Name!': name }),
  async ({ Name }, call) => {
    await call.catalog.deleteDatabase(Name);
    const arn = databaseArn(call, Name);
    if (Object.keys(call.catalog.tags(arn)).length) await call.catalog.setTags(arn, {});
    return {};
  },
);
