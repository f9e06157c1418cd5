import { invalidArgument } from './errors.ts';

/** A value that a query brings and a header will carry: headers hold no line breaks and no characters above Latin-1. */
export function asHeader(name: string, value: string): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value;
  throw invalidArgument('Header value cannot be represented using ISO-8859-1.', name, value);
}
