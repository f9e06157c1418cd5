import { type GlueCall, invalid, notFound } from './operation.ts';

/** Tags are kept for databases, the one thing of this catalog that Glue tags. */
export function requireTaggable(arn: string, call: GlueCall): void {
  const match = /^arn:aws[a-z-]*:glue:[^:]*:(?<account>[^:]*):(?<kind>[^/]+)\/(?<name>.+)$/.exec(arn);
  if (match?.groups?.kind !== 'database') throw invalid(`${arn} is not the ARN of a database.`);
  if (match.groups.account !== call.account || !call.catalog.database(match.groups.name!)) {
    throw notFound(`Database ${match.groups.name} not found.`);
  }
}
