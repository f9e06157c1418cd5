import type { QueryOperation } from '../wire/query-service.ts';

/** Whoever asks is the root of the lake's one account: signatures are not verified, so no other answer would be true. */
export const getCallerIdentity: QueryOperation = async ({ context }) => [
  ['Arn', `arn:aws:iam::${context.account}:root`],
  ['UserId', context.account],
  ['Account', context.account],
];
