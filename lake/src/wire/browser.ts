import { isIP } from 'node:net';

type Headers = Readonly<Record<string, string>>;

/**
 * Any page that a browser shows can send to this port, and nothing here asks for a password. `local`: the request came
 * to a loopback address; other machines are let in only where the user asked for it, by whatever name they know.
 */
export function refusesPage(headers: Headers, local: boolean): boolean {
  if (headers['sec-fetch-site'] === 'cross-site') return true;
  const host = headers.host ?? '';
  // Sent with every write of a page, also by browsers and over addresses that carry no Fetch metadata.
  if (headers.origin !== undefined && headers.origin.replace(/^https?:\/\//, '') !== host) return true;
  return local && isOwnable(host);
}

// Names that nobody on the internet can hold: RFC 6761 and the ones that AWS or a container engine answers for.
const KEPT = /(?:^|\.)(?:localhost|internal|local|amazonaws\.com|amazonaws\.com\.cn)$/;

/**
 * True for a name whose owner can make it lead to 127.0.0.1 once the page is shown (DNS rebinding): to the browser the
 * lake is then that page's own site. An address or a name without a dot cannot be used so.
 */
function isOwnable(host: string): boolean {
  const name = host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
  if (!name.includes('.') || isIP(name.replace(/^\[|\]$/g, '')) !== 0) return false;
  // Virtual-host buckets of an endpoint that is an address: bucket.127.0.0.1. No top-level domain is a number.
  return !KEPT.test(name) && !name.endsWith('.127.0.0.1');
}

export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(address);
}
