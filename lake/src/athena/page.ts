import { refused } from './operation.ts';

interface PageRequest {
  /** A null says nothing. */
  readonly NextToken?: string | null;
  readonly MaxResults?: number | null;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly token: { readonly NextToken?: string };
}

/**
 * One page of a listing in memory, by keys. The token says behind which key to go on, so that it holds too where a client
 * deletes what it was given before it asks for more.
 */
export function pageOf<T>(items: Iterable<T>, request: PageRequest, key: (item: T) => string): Page<T> {
  const after = given(request);
  const rest = [...items]
    .map((item) => ({ item, key: key(item) }))
    .filter((each) => after === undefined || each.key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return cut(rest, request);
}

/** The same for what has an order of its own; a key that is no longer there is refused. */
export function pageInOrder(keys: Iterable<string>, request: PageRequest): Page<string> {
  const all = [...keys].map((key) => ({ item: key, key }));
  const after = given(request);
  const at = after === undefined ? -1 : all.findIndex(({ key }) => key === after);
  if (after !== undefined && at < 0) throw invalidToken();
  return cut(all.slice(at + 1), request);
}

function cut<T>(rest: readonly { readonly item: T; readonly key: string }[], request: PageRequest): Page<T> {
  const page = rest.slice(0, request.MaxResults || 50);
  const token = page.length < rest.length ? { NextToken: encode(page.at(-1)!.key) } : {};
  return { items: page.map(({ item }) => item), token };
}

const MARK = 'after:';

function encode(key: string): string {
  return Buffer.from(`${MARK}${key}`).toString('base64');
}

/** Behind which key to go on; undefined: the first page is asked for. */
function given({ NextToken }: PageRequest): string | undefined {
  return NextToken ? decode(NextToken) : undefined;
}

function decode(token: string): string {
  const text = Buffer.from(token, 'base64').toString();
  if (!text.startsWith(MARK)) throw invalidToken();
  return text.slice(MARK.length);
}

function invalidToken(): Error {
  return refused('Invalid NextToken');
}
