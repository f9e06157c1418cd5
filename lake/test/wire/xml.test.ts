import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { elements, escapeXml, parseXml, textOf, xmlDocument } from '../../src/wire/xml.ts';

const key = (inner: string) => textOf(parseXml(`<Delete xmlns="x"><Key>${inner}</Key></Delete>`, 'Delete'), 'Key');

describe('XML of requests', () => {
  for (const [inner, text] of [
    ['plain', 'plain'],
    [' kept ', ' kept '],
    ['', ''],
    ['a&amp;lt;b &lt;&gt;&quot;&apos;', 'a&lt;b <>"\''],
    ['&#7;&#x7;&#10;&#xD;&#x1F41F;é', '\u0007\u0007\n\r🐟é'],
    ['<![CDATA[<a>&amp;]]>', '<a>&amp;'],
    ['007', '007'],
    ['true', 'true'],
  ] as const)
    it(`reads ${JSON.stringify(inner)}`, () => assert.equal(key(inner), text));

  for (const inner of ['&copy;', '&', '&#0;', '&#xD800;', '&#x110000;', '&amp'])
    it(`refuses ${inner}`, () => assert.throws(() => key(inner), { code: 'MalformedXML' }));

  for (const text of [
    '',
    'x',
    '<Delete>',
    '<Other/>',
    '<Delete/><Delete/>',
    '<!DOCTYPE a><Delete/>',
    '<a:Delete>',
    '<Delete></delete>',
  ])
    it(`refuses ${JSON.stringify(text)}`, () =>
      assert.throws(() => parseXml(text, 'Delete'), { code: 'MalformedXML' }));

  it('takes one element, many and none alike, whatever their prefix', () => {
    for (const count of [0, 1, 3]) {
      const parsed = parseXml(
        `<s:Delete xmlns:s="x">${'<s:Object><s:Key>k</s:Key></s:Object>'.repeat(count)}</s:Delete>`,
        'Delete',
      );
      assert.deepEqual(
        elements(parsed, 'Object').map((object) => textOf(object, 'Key')),
        Array(count).fill('k'),
      );
    }
  });

  it('gives back any text that it wrote', () => {
    const all = `${Array.from({ length: 0x300 }, (_, code) => String.fromCharCode(code || 1)).join('')}🐟\uffff`;
    const document = xmlDocument('Delete', undefined, [['Key', all]]);
    assert.equal(textOf(parseXml(document, 'Delete'), 'Key'), all);
    assert.equal(escapeXml('\u0007<'), '&#x7;&lt;');
  });
});
