import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { WireError } from './json-service.ts';

/** An element: its children in order, or its text. `undefined` children are left out. */
export type XmlNode = string | number | boolean | readonly XmlChild[];
export type XmlChild = readonly [name: string, content: XmlNode] | undefined;

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

export function xmlDocument(root: string, namespace: string | undefined, children: readonly XmlChild[]): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${escapeXml(namespace)}"`;
  return `${DECLARATION}<${root}${attribute}>${renderChildren(children)}</${root}>`;
}

function renderChildren(children: readonly XmlChild[]): string {
  let text = '';
  for (const child of children) {
    if (!child) continue;
    const [name, content] = child;
    const inner = typeof content === 'object' ? renderChildren(content) : escapeXml(String(content));
    const tag = name.split(' ', 1)[0]!;
    text += inner === '' ? `<${name}/>` : `<${name}>${inner}</${tag}>`;
  }
  return text;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML 1.0 has no place for become references, as S3 writes them: clients use encoding-type=url there. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, (character) => {
    return ESCAPES[character] ?? `&#x${character.charCodeAt(0).toString(16)};`;
  });
}

const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false, // it knows no numeric references: see decodeEntities
  ignoreDeclaration: true,
  ignorePiTags: true,
});

export type XmlElement = { readonly [name: string]: XmlValue };
export type XmlValue = string | XmlElement | readonly (string | XmlElement)[] | undefined;

function malformed(): WireError {
  return new WireError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}

/** Parses a request's XML; anything that is not one well-formed `root` element is MalformedXML. */
export function parseXml(text: string, root: string): XmlElement {
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) throw malformed();
  let parsed: Record<string, XmlValue>;
  try {
    if (XMLValidator.validate(text) !== true) throw malformed();
    parsed = parser.parse(
      text.replace(/<!\[CDATA\[(.*?)\]\]>/gs, (_, inner: string) => escapeXml(inner)),
    ) as typeof parsed;
  } catch {
    throw malformed();
  }
  const element = parsed[root];
  if (element === undefined || Array.isArray(element)) throw malformed();
  return typeof element === 'string' ? {} : (element as XmlElement);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([^;\s]*));?/gi,
    (all, decimal?: string, hex?: string, name = '') => {
      const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : undefined;
      if (code !== undefined && code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff))
        return String.fromCodePoint(code);
      const character = all.endsWith(';') && Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
      if (character === undefined) throw malformed();
      return character;
    },
  );
}

/** All elements of that name, one or many or none. */
export function elements(parent: XmlElement, name: string): readonly XmlElement[] {
  const value = parent[name];
  const list = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return list.map((item: string | XmlElement) => (typeof item === 'string' ? {} : item));
}

/** Text of the first element of that name. */
export function textOf(parent: XmlElement, name: string): string | undefined {
  const value = parent[name];
  const first = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'string') return decodeEntities(first);
  return first === undefined ? undefined : '';
}
