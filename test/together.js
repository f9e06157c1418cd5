// Several test files in one process (test/run.js), one after the other. Each is a suite of its own: so its hooks are of its
// own tests alone, and what it has opened is closed before the next one's begin.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';

/** Runs test files; one that leaves the environment or the folder otherwise than it found them fails, not the next one. */
export function together(files) {
  for (const { name, url } of files) {
    describe(name, async () => {
      let found;
      before(() => {
        found = surroundings();
      });
      await import(url);
      after(() => assert.deepEqual(changedSince(found), [], `${name} leaves its process changed`));
    });
  }
}

/** What scripts/adapters/environment.ts sets for good, because the SDK reads nothing else. */
const OF_THE_SDK = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

function surroundings() {
  return { ...process.env, 'the folder': process.cwd(), [OF_THE_SDK]: undefined };
}

/** Names alone: values may be secrets. */
function changedSince(found) {
  const now = surroundings();
  return Object.keys({ ...found, ...now }).filter((name) => found[name] !== now[name]);
}
