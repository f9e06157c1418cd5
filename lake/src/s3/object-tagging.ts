import { elements, parseXml, textOf } from '../wire/xml.ts';
import { xmlText } from './body.ts';
import { type S3Operation, xmlAnswer } from './call.ts';
import { needEntry } from './entry.ts';
import { malformedXml } from './errors.ts';
import { checkedTags } from './object-headers.ts';

export const getObjectTagging: S3Operation = {
  name: 'GetObjectTagging',
  async run(call) {
    const tags = Object.entries(needEntry(call).attributes.tags ?? {});
    return xmlAnswer('Tagging', [
      [
        'TagSet',
        tags.map(([name, value]) => [
          'Tag',
          [
            ['Key', name],
            ['Value', value],
          ],
        ]),
      ],
    ]);
  },
};

export const putObjectTagging: S3Operation = {
  name: 'PutObjectTagging',
  async run(call) {
    needEntry(call);
    const tags = readTags(await xmlText(call.request));
    await call.store.setTags(needEntry(call), tags);
    return { status: 200 };
  },
};

export const deleteObjectTagging: S3Operation = {
  name: 'DeleteObjectTagging',
  async run(call) {
    await call.store.setTags(needEntry(call), {});
    return { status: 204 };
  },
};

function readTags(text: string): Record<string, string> {
  const [set] = elements(parseXml(text, 'Tagging'), 'TagSet');
  if (!set) throw malformedXml();
  const pairs = elements(set, 'Tag').map((tag): [string, string] => {
    const [name, value] = [textOf(tag, 'Key'), textOf(tag, 'Value')];
    if (name === undefined || value === undefined) throw malformedXml();
    return [name, value];
  });
  return checkedTags(pairs);
}
