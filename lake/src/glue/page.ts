import { invalid } from './operation.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly token: { readonly NextToken?: string };
}

/**
 * One page of an ordered listing. The token names the last item given, not a count, so that items made or dropped between
 * two calls neither repeat nor hide others.
 */
export function pageOf<T>(
  items: Iterable<T>,
  request: { readonly NextToken?: string; readonly MaxResults?: number },
  options: { readonly size: number; readonly key: (item: T) => readonly string[] },
): Page<T> {
  const after = lastGiven(request);
  const size = request.MaxResults ?? options.size;
  const page: T[] = [];
  for (const item of items) {
    if (after && compareKeys(options.key(item), after) <= 0) continue;
    if (page.length === size) return { items: page, token: { NextToken: encode(options.key(page.at(-1)!)) } };
    page.push(item);
  }
  return { items: page, token: {} };
}

/** The key of the last item of the page before, where the request asks for a further page. */
export function lastGiven(request: { readonly NextToken?: string }): readonly string[] | undefined {
  return request.NextToken ? decode(request.NextToken) : undefined;
}

function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i]! < b[i]!) return -1;
    if (a[i]! > b[i]!) return 1;
  }
  return a.length - b.length;
}

function encode(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64');
}

function decode(token: string): readonly string[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(token, 'base64').toString('utf8'));
    if (Array.isArray(key) && key.every((part) => typeof part === 'string')) return key;
  } catch {
    // Not one of ours: said below.
  }
  throw invalid('The pagination token is not valid.');
}
