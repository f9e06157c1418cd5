import type { Answer } from '../wire/http.ts';
import { parseXml } from '../wire/xml.ts';
import { xmlText } from './body.ts';
import type { BucketSetting } from './bucket-settings.ts';
import { needBucket, type S3Call, type S3Operation, xmlAnswer } from './call.ts';
import { malformedXml, notImplemented, S3Error } from './errors.ts';

export function getBucketSetting(setting: BucketSetting): S3Operation {
  return {
    name: `Get${setting.noun}`,
    async run(call) {
      const text = needBucket(call).settings.get(setting.query);
      if (text !== undefined) return settingAnswer(setting, text);
      const { missing } = setting;
      if (missing.kind === 'default') return settingAnswer(setting, missing.xml);
      throw new S3Error(missing.code, missing.message, 404, { BucketName: call.bucket });
    },
  };
}

export function putBucketSetting(setting: BucketSetting): S3Operation {
  return {
    name: `Put${setting.noun}`,
    async run(call) {
      needBucket(call);
      const text = await xmlText(call.request, 1024 * 1024);
      if (setting.root === 'json') checkPolicy(text);
      else parseXml(text, setting.root);
      if (setting.needs && !setting.needs.test(text)) throw malformedXml();
      if (setting.refuse?.pattern.test(text)) throw notImplemented(setting.refuse.what);
      needBucket(call);
      await call.store.setSetting(call.bucket, setting.query, text);
      return { status: setting.putStatus ?? 200 };
    },
  };
}

export function deleteBucketSetting(setting: BucketSetting): S3Operation {
  return {
    name: `Delete${setting.noun.replace('LifecycleConfiguration', 'Lifecycle')}`,
    async run(call) {
      if (needBucket(call).settings.has(setting.query))
        await call.store.setSetting(call.bucket, setting.query, undefined);
      return { status: 204 };
    },
  };
}

function settingAnswer(setting: BucketSetting, text: string): Answer {
  return {
    status: 200,
    headers: { 'content-type': setting.root === 'json' ? 'application/json' : 'application/xml' },
    body: text,
  };
}

function checkPolicy(text: string): void {
  try {
    const policy: unknown = JSON.parse(text);
    if (typeof policy === 'object' && policy !== null && 'Statement' in policy) return;
  } catch {
    // answered below
  }
  throw new S3Error('MalformedPolicy', "Policies must be valid JSON and the first byte must be '{'");
}

export const getBucketLocation: S3Operation = {
  name: 'GetBucketLocation',
  async run(call) {
    needBucket(call);
    const { region } = call.context;
    // us-east-1 is older than the element and goes by no name in it.
    return { ...xmlAnswer('LocationConstraint', []), body: locationXml(region === 'us-east-1' ? '' : region) };
  },
};

function locationXml(region: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${region}</LocationConstraint>`;
}

export const getBucketPolicyStatus: S3Operation = {
  name: 'GetBucketPolicyStatus',
  async run(call: S3Call) {
    if (!needBucket(call).settings.has('policy'))
      throw new S3Error('NoSuchBucketPolicy', 'The bucket policy does not exist', 404, { BucketName: call.bucket });
    return xmlAnswer('PolicyStatus', [['IsPublic', false]]);
  },
};
