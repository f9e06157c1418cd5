import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import {
  ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListPartsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { startedLake } from '../server/started.ts';

const lake = await startedLake();
const s3 = lake.s3();
const Bucket = 'sdk-bucket';
await s3.send(new CreateBucketCommand({ Bucket }));

const PART = 5 * 1024 * 1024;

async function bytesOf(Key: string): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from(await Body!.transformToByteArray());
}

describe('S3 through the JavaScript SDK', () => {
  it('lists the bucket that it made', async () => {
    const { Buckets } = await s3.send(new ListBucketsCommand({}));
    assert.deepEqual(
      Buckets?.map(({ Name }) => Name),
      [Bucket],
    );
  });

  it('takes a stream of known length, which the SDK sends aws-chunked with a checksum trailer', async () => {
    const bytes = randomBytes(300_000);
    const { ETag } = await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: 'stream',
        Body: Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]),
        ContentLength: bytes.length,
      }),
    );
    assert.equal(ETag, `"${createHash('md5').update(bytes).digest('hex')}"`);
    assert.deepEqual(await bytesOf('stream'), bytes);
  });

  for (const algorithm of [
    ChecksumAlgorithm.CRC32,
    ChecksumAlgorithm.CRC32C,
    ChecksumAlgorithm.SHA1,
    ChecksumAlgorithm.SHA256,
  ])
    it(`verifies and returns ${algorithm}`, async () => {
      const Key = `sum-${algorithm}`;
      const put = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'hello', ChecksumAlgorithm: algorithm }));
      const field = `Checksum${algorithm}` as 'ChecksumCRC32';
      assert.ok(put[field]);
      const got = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
      assert.equal(got[field], put[field]);
      assert.equal(await got.Body!.transformToString(), 'hello'); // the SDK verifies it while reading
    });

  it('keeps every kind of key, and finds them again by listing', async () => {
    const keys = [
      'a',
      'a/b',
      '../up',
      '/lead',
      'x//y',
      'ends/',
      'ü €🐟',
      'q?a=b&c#d',
      '100%',
      'a+b c',
      'it\'s "quoted"',
      '<tag/>',
      'k'.repeat(1019),
      'é'.repeat(509),
      'dots/./..',
    ];
    for (const Key of keys)
      await s3.send(new PutObjectCommand({ Bucket, Key: `keys/${Key}`, Body: Key, ContentType: 'text/plain' }));
    const wanted = keys.map((key) => `keys/${key}`);
    const found: string[] = [];
    for await (const page of paginateListObjectsV2(
      { client: s3, pageSize: 4 },
      { Bucket, Prefix: 'keys/', EncodingType: 'url' },
    ))
      for (const { Key } of page.Contents ?? []) found.push(decodeURIComponent(Key!.replaceAll('+', ' ')));
    assert.deepEqual(
      found,
      wanted.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
    for (const Key of wanted) assert.equal((await bytesOf(Key)).toString(), Key.slice(5));
  });

  it('refuses a key of more than 1,024 bytes', async () => {
    await assert.rejects(s3.send(new PutObjectCommand({ Bucket, Key: 'k'.repeat(1025), Body: '' })), {
      name: 'KeyTooLongError',
    });
  });

  it('puts a multipart upload together', async () => {
    const [first, second] = [randomBytes(PART), randomBytes(1000)];
    const Key = 'multi';
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: 'CRC32', Metadata: { who: 'me' } }),
    );
    const part = { Bucket, Key, UploadId };
    const one = await s3.send(new UploadPartCommand({ ...part, PartNumber: 1, Body: first }));
    const two = await s3.send(new UploadPartCommand({ ...part, PartNumber: 7, Body: second }));
    const listed = await s3.send(new ListPartsCommand(part));
    assert.deepEqual(
      listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]),
      [
        [1, PART],
        [7, 1000],
      ],
    );
    const done = await s3.send(
      new CompleteMultipartUploadCommand({
        ...part,
        MultipartUpload: {
          Parts: [
            { ...one, PartNumber: 1 },
            { ...two, PartNumber: 7 },
          ],
        },
      }),
    );
    const md5s = [first, second].map((bytes) => createHash('md5').update(bytes).digest());
    assert.equal(done.ETag, `"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-2"`);
    assert.equal(done.ChecksumType, 'COMPOSITE');
    assert.match(done.ChecksumCRC32 ?? '', /-2$/);
    assert.deepEqual(await bytesOf(Key), Buffer.concat([first, second]));
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key, PartNumber: 2 }));
    assert.deepEqual([head.ContentLength, head.PartsCount, head.Metadata], [1000, 2, { who: 'me' }]);
  });

  it('copies parts, and a copy of a multipart object has an ETag of its own', async () => {
    const Key = 'multi-copy';
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const part = { Bucket, Key, UploadId };
    const { CopyPartResult } = await s3.send(
      new UploadPartCopyCommand({
        ...part,
        PartNumber: 1,
        CopySource: `${Bucket}/multi`,
        CopySourceRange: `bytes=1-${PART}`,
      }),
    );
    await s3.send(
      new CompleteMultipartUploadCommand({
        ...part,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag: CopyPartResult?.ETag }] },
      }),
    );
    const source = await bytesOf('multi');
    assert.deepEqual(await bytesOf(Key), source.subarray(1, PART + 1));
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'whole', CopySource: `${Bucket}/multi` }));
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'whole' }));
    assert.equal(head.ETag, `"${createHash('md5').update(source).digest('hex')}"`);
  });

  it('lets one of many conditional writers win', async () => {
    const writers = Array.from({ length: 10 }, (_, writer) =>
      s3.send(new PutObjectCommand({ Bucket, Key: 'lease', Body: String(writer), IfNoneMatch: '*' })).then(
        () => writer,
        (error: Error) => error.name,
      ),
    );
    const results = await Promise.all(writers);
    const winners = results.filter((result) => typeof result === 'number');
    assert.equal(winners.length, 1);
    assert.deepEqual(new Set(results.filter((result) => typeof result === 'string')), new Set(['PreconditionFailed']));
    assert.equal((await bytesOf('lease')).toString(), String(winners[0]));
  });

  it('lets one of many updaters win, and tells the others to look again', async () => {
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: 'fence', Body: 'start' }));
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, writer) =>
        s3.send(new PutObjectCommand({ Bucket, Key: 'fence', Body: String(writer), IfMatch: ETag })).then(
          () => 'won',
          (error: Error) => error.name,
        ),
      ),
    );
    assert.equal(results.filter((result) => result === 'won').length, 1);
    for (const result of results)
      assert.ok(['won', 'PreconditionFailed', 'ConditionalRequestConflict'].includes(result), result);
  });

  it('uses virtual-host addresses where the endpoint is a name', async () => {
    // Not every machine's resolver knows the names below localhost.
    const httpAgent = new Agent({
      lookup: (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    const named = lake.s3({ endpoint: lake.url.replace('127.0.0.1', 'localhost'), requestHandler: { httpAgent } });
    await named.send(new PutObjectCommand({ Bucket, Key: 'by-host', Body: 'x' }));
    assert.equal((await bytesOf('by-host')).toString(), 'x');
  });

  it('deletes a batch and then the bucket', async () => {
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
      const { Errors } = await s3.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects: Contents.map(({ Key }) => ({ Key })) } }),
      );
      assert.equal(Errors, undefined);
    }
    await s3.send(new DeleteBucketCommand({ Bucket }));
    await assert.rejects(s3.send(new HeadObjectCommand({ Bucket, Key: 'multi' })), { name: 'NotFound' });
  });
});
