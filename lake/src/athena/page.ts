import { refused } from './operation.ts';

/** One page of a listing in memory; the token is the key of the last item given. */
export function pageOf<T>(
  items: Iterable<T>,
  request: { readonly NextToken?: string; readonly MaxResults?: number },
  key: (item: T) => string,
): { readonly items: readonly T[]; readonly token: { readonly NextToken?: string } } {
  const size = request.MaxResults || 50;
  const page: T[] = [];
  let passed = request.NextToken === undefined;
  for (const item of items) {
    if (!passed) {
      passed = encode(key(item)) === request.NextToken;
    } else if (page.length === size) {
      return { items: page, token: { NextToken: encode(key(page.at(-1)!)) } };
    } else page.push(item);
  }
  if (!passed) throw refused('Invalid NextToken');
  return { items: page, token: {} };
}

function encode(key: string): string {
  return Buffer.from(key).toString('base64');
}
