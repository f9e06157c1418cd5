import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { tryAwsCli } from './aws-cli.ts';
import { pythonEnvironment } from './cache.ts';
import { tryDbt } from './dbt.ts';
import { tryJavaScript } from './javascript.ts';
import { type RunningLake, startLake } from './lake.ts';
import { run } from './run.ts';

/** Programs that were written for AWS, unchanged, against the local lake: docs/conformance.md. */

const scripts = join(import.meta.dirname, 'python');
let lake: RunningLake;
let bin: string;

before(async () => {
  bin = join(await pythonEnvironment(join(import.meta.dirname, 'requirements.txt')), 'bin');
  lake = await startLake();
});

after(() => lake?.stop());

test('AWS CLI', () => tryAwsCli(join(bin, 'aws'), lake));

for (const file of readdirSync(scripts).filter((name) => name.endsWith('.py'))) {
  const client = file.replace(/^test_|\.py$/g, '');
  test(client, async () => {
    // unittest reports on the second stream, and succeeds where it found nothing
    const { code, stderr } = await run(join(bin, 'python'), [join(scripts, file)], { env: lake.env });
    assert.ok(code === 0 && /^Ran [1-9]/m.test(stderr), stderr);
  });
}

test('dbt with dbt-athena', () => tryDbt(join(bin, 'dbt'), lake));

test('SDK for JavaScript v3', () => tryJavaScript(lake));
