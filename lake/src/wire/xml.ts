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
  ignoreDeclaration: true,
  ignorePiTags: true,
});

export type XmlElement = { readonly [name: string]: XmlValue };
export type XmlValue = string | XmlElement | readonly (string | XmlElement)[] | undefined;

/** Parses a request's XML; anything that is not one well-formed `root` element is MalformedXML. */
export function parseXml(text: string, root: string): XmlElement {
  const malformed = () =>
    new WireError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  if (/<!DOCTYPE|<!ENTITY/i.test(text) || XMLValidator.validate(text) !== true) throw malformed();
  let parsed: Record<string, XmlValue>;
  try {
    parsed = parser.parse(text) as Record<string, XmlValue>;
  } catch {
    throw malformed();
  }
  const element = parsed[root];
  if (element === undefined || Array.isArray(element)) throw malformed();
  return typeof element === 'string' ? {} : (element as XmlElement);
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
  return typeof first === 'string' ? first : first === undefined ? undefined : '';
}
