import { invalidArgument, native } from './udf.ts';

interface Url {
  readonly scheme: string | undefined;
  readonly authority: string | undefined;
  readonly path: string | undefined;
  readonly query: string | undefined;
  readonly fragment: string | undefined;
}

/** A URI as java.net.URI takes it apart; undefined where it is none. */
function parse(text: string): Url | undefined {
  if (/[\s<>"{}|\\^`]/.test(text) || /%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?([^#]*)(?:#(.*))?$/s.exec(text);
  if (match === null) return undefined;
  const [, scheme, rest = '', fragment] = match;
  if (scheme !== undefined && !rest.startsWith('/')) {
    return rest === '' ? undefined : { scheme, authority: undefined, path: undefined, query: undefined, fragment };
  }
  const parts = /^(?:\/\/([^/?]*))?([^?]*)(?:\?(.*))?$/s.exec(rest)!;
  return { scheme, authority: parts[1], path: parts[2], query: parts[3], fragment };
}

function decode(text: string): string {
  return text.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

function server(url: Url): { readonly host: string; readonly port: string | undefined } | undefined {
  const match = /^(?:[^@]*@)?(\[[^\]]*\]|[A-Za-z0-9.-]+)(?::(\d*))?$/.exec(url.authority ?? '');
  return match === null ? undefined : { host: match[1]!, port: match[2] === '' ? undefined : match[2] };
}

function part(text: string, name: string): string | null {
  const url = parse(text);
  if (url === undefined) return null;
  const value = {
    protocol: url.scheme ?? '',
    host: server(url)?.host ?? '',
    port: server(url)?.port ?? null,
    path: url.path === undefined ? '' : decode(url.path),
    query: decode(url.query ?? ''),
    fragment: decode(url.fragment ?? ''),
  }[name];
  return value ?? null;
}

function parameter(text: string, name: string): string | null {
  const query = parse(text)?.query;
  for (const pair of query?.split('&') ?? []) {
    const [key, ...value] = pair.split('=');
    if (formDecode(key!) === name) return formDecode(value.join('='));
  }
  return null;
}

function formDecode(text: string): string {
  return decode(text.replaceAll('+', ' '));
}

function urlDecode(text: string): string {
  const wrong = /%(?![0-9a-fA-F]{2})(.?)(.?)/su.exec(text);
  if (wrong !== null) {
    const digit = [wrong[1], wrong[2]].find((letter) => letter !== '' && !/[0-9a-fA-F]/.test(letter ?? ''));
    const reason = digit
      ? `Illegal hex characters in escape (%) pattern - not a hexadecimal digit: "${digit}" = ${digit.codePointAt(0)}`
      : 'Incomplete trailing escape (%) pattern';
    throw invalidArgument(`URLDecoder: ${reason}`);
  }
  return formDecode(text);
}

function urlEncode(text: string): string {
  const bytes = [...Buffer.from(text, 'utf8')];
  return bytes
    .map((byte) => {
      const letter = String.fromCharCode(byte);
      if (/[A-Za-z0-9._*-]/.test(letter)) return letter;
      return byte === 32 ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

/** Parts of URLs. */
export const urlNatives = [
  native('weir_url_part(VARCHAR, VARCHAR) VARCHAR', part),
  native('weir_url_parameter(VARCHAR, VARCHAR) VARCHAR', parameter),
  native('weir_url_encode(VARCHAR) VARCHAR', urlEncode),
  native('weir_url_decode(VARCHAR) VARCHAR', urlDecode),
];
