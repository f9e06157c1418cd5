/** What to do about a statement that Athena refused, from what it said. */
export function cureOfFailure(reason: string, state: 'failed' | 'cancelled'): string {
  const known = CURES.find(([pattern]) => pattern.test(reason));
  if (known !== undefined) return known[1];
  return state === 'cancelled'
    ? 'run apply again: it goes on where it stopped'
    : 'correct the definition, then apply again';
}

const CURES: readonly (readonly [RegExp, string])[] = [
  [
    /access ?denied|not authorized|insufficient (lake formation )?permission/i,
    'the role of this environment may not do this: see docs/aws.md, and Lake Formation if the account uses it',
  ],
  [/bucket.*(not exist|not found)|NoSuchBucket/i, 'make the bucket, or correct it in pipeline/lake.yaml'],
  [/(database|schema).*(not exist|not found)/i, 'the database went away while apply ran: run apply again'],
  [/(table|view|relation).*(not exist|not found)/i, 'apply what it reads first, or correct the name in view.sql'],
  [/VIEW_IS_STALE/i, 'what the view reads changed its types: run plan again, it replaces the view'],
  [/already exists/i, 'somebody made it since the plan: run plan again'],
  [/exhausted|internal error|throttl|try again/i, 'Athena was busy: run apply again, it goes on where it stopped'],
];
