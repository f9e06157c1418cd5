import type { ReadOrder } from '../store/bucket-index.ts';
import { invalidArgument } from './errors.ts';

export interface Page {
  /** In key order: keys, and common prefixes where a delimiter rolls keys up. */
  readonly items: readonly { readonly kind: 'key' | 'prefix'; readonly name: string }[];
  readonly truncated: boolean;
}

export interface PageRequest {
  readonly prefix: string;
  readonly delimiter: string;
  /** A key, or a common prefix of the page before; '' starts at the beginning. */
  readonly after: string;
  readonly limit: number;
}

/** One page of a bucket's keys. Rolled-up keys are skipped by search, not walked. */
export function listPage(order: ReadOrder, { prefix, delimiter, after, limit }: PageRequest): Page {
  const items: Page['items'][number][] = [];
  const end = order.afterPrefix(prefix);
  let index = Math.max(order.from(prefix), startIndex(order, after));
  while (index < end) {
    const key = order.at(index)!;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const name = cut < 0 ? key : key.slice(0, cut + delimiter.length);
    const next = cut < 0 ? index + 1 : order.afterPrefix(name);
    if (cut < 0 || name !== after) {
      if (items.length >= limit) return { items, truncated: limit > 0 };
      items.push({ kind: cut < 0 ? 'key' : 'prefix', name });
    }
    index = next;
  }
  return { items, truncated: false };
}

function startIndex(order: ReadOrder, after: string): number {
  if (after === '') return 0;
  const index = order.from(after);
  return order.at(index) === after ? index + 1 : index;
}

export function maxKeys(query: ReadonlyMap<string, string>, name = 'max-keys'): number {
  const text = query.get(name);
  if (text === undefined || text === '') return 1000;
  if (!/^\d{1,10}$/.test(text) || Number(text) > 2_147_483_647)
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
  return Math.min(Number(text), 1000);
}

/** With `encoding-type=url` names go out percent-encoded, so that XML can carry any of them. */
export function nameEncoder(query: ReadonlyMap<string, string>): (name: string) => string {
  const type = query.get('encoding-type');
  if (type === undefined || type === '') return (name) => name;
  if (type.toLowerCase() !== 'url')
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', type);
  return (name) =>
    encodeURIComponent(name)
      .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll('%2F', '/')
      .replaceAll('%20', '+');
}
