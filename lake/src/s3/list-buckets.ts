import { isoSeconds, owner, type S3Operation, xmlAnswer } from './call.ts';

export const listBuckets: S3Operation = {
  name: 'ListBuckets',
  async run(call) {
    const { query } = call.request;
    const prefix = query.get('prefix') ?? '';
    const after = query.has('continuation-token')
      ? Buffer.from(query.get('continuation-token')!, 'base64url').toString()
      : '';
    const limit = Number(query.get('max-buckets') ?? 10_000) || 10_000;
    const all = call.store.buckets().filter(({ name }) => name.startsWith(prefix) && name > after);
    const page = all.slice(0, limit);
    return xmlAnswer('ListAllMyBucketsResult', [
      owner(call),
      [
        'Buckets',
        page.map(({ name, created }) => [
          'Bucket',
          [
            ['Name', name],
            ['CreationDate', isoSeconds(created)],
            ['BucketRegion', call.context.region],
          ],
        ]),
      ],
      all.length > page.length
        ? ['ContinuationToken', Buffer.from(page.at(-1)!.name).toString('base64url')]
        : undefined,
      query.has('prefix') ? ['Prefix', prefix] : undefined,
    ]);
  },
};
