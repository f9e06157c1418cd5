import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import fc from 'fast-check';
import { type FileStore, openFileStore } from '../../src/store/file-store.ts';
import { temporaryFolder } from '../server/started.ts';

/** The simplest model of S3's versions: of each key a list, the newest first. */
interface Version {
  readonly id: string;
  /** undefined: a delete marker. */
  readonly body: string | undefined;
}

type Step =
  | { readonly do: 'put' | 'delete'; readonly key: string }
  | { readonly do: 'drop'; readonly key: string; readonly which: number }
  | { readonly do: 'Enabled' | 'Suspended' | 'reopen' };

const key = fc.constantFrom('a', 'a/b', 'c.csv');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('put' as const, 'delete' as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('drop' as const), key, which: fc.nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('Enabled' as const, 'Suspended' as const, 'reopen' as const) }),
  },
);

it('versions behave as the model does, over restarts, and leave no file behind', async () => {
  const dir = temporaryFolder();
  let store = openFileStore(dir);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      run += 1;
      const bucket = `run-${run}`;
      await store.createBucket(bucket);
      const model = new Map<string, readonly Version[]>();
      let mode = 'off';
      for (const [index, one] of steps.entries()) {
        if (one.do === 'reopen') {
          await store.close();
          store = openFileStore(dir);
        } else if (one.do === 'Enabled' || one.do === 'Suspended') {
          mode = one.do;
          await store.setSetting(bucket, 'versioning', `<Status>${mode}</Status>`);
        } else if ('key' in one) await change(store, bucket, model, one, mode, String(index));
      }
      check(store, bucket, model);
      assert.equal(
        filesBelow(join(dir, 'objects', bucket)),
        [...model.values()].flat().filter(({ body }) => body !== undefined).length,
      );
    }),
    { numRuns: 60, seed: 1 },
  );
  await store.close();
});

async function change(
  store: FileStore,
  bucket: string,
  model: Map<string, readonly Version[]>,
  one: Extract<Step, { key: string }>,
  mode: string,
  body: string,
): Promise<void> {
  const before = model.get(one.key) ?? [];
  const kept = (id: string) => before.filter((version) => version.id !== id);
  if (one.do === 'put') {
    await store.put(bucket, one.key, Buffer.from(body));
    const id = store.bucket(bucket)!.versions(one.key)[0]!.versionId;
    assert.equal(id === 'null', mode !== 'Enabled');
    model.set(one.key, [{ id, body }, ...kept(id)]);
  } else if (one.do === 'delete') {
    const gone = await store.remove(bucket, one.key);
    if (mode === 'off') model.set(one.key, []);
    else model.set(one.key, [{ id: gone!.versionId, body: undefined }, ...kept(gone!.versionId)]);
  } else if ('which' in one) {
    const version = before[one.which % Math.max(1, before.length)];
    if (!version) return;
    await store.remove(bucket, one.key, { versionId: version.id });
    model.set(one.key, kept(version.id));
  }
}

function check(store: FileStore, bucket: string, model: ReadonlyMap<string, readonly Version[]>): void {
  const index = store.bucket(bucket)!;
  for (const [key, versions] of model) {
    const found = index.versions(key).map((entry) => ({
      id: entry.versionId,
      body: entry.deleteMarker ? undefined : readFileSync(entry.path, 'utf8'),
    }));
    assert.deepEqual(found, versions);
    assert.equal(store.head(bucket, key)?.versionId, versions[0]?.body === undefined ? undefined : versions[0].id);
  }
  const present = [...model].filter(([, versions]) => versions[0]?.body !== undefined).map(([key]) => key);
  assert.deepEqual(
    store.list(bucket, '').map((entry) => entry.key),
    present.toSorted(),
  );
  const hidden = [...model].filter(([, versions]) => versions[0] && versions[0].body === undefined).map(([key]) => key);
  assert.deepEqual(
    Array.from({ length: index.hidden.size }, (_, at) => index.hidden.at(at)),
    hidden.toSorted(),
  );
}

function filesBelow(folder: string): number {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).length;
  } catch {
    return 0;
  }
}
