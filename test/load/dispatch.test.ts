import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { PAYLOADS } from '../core/payloads.ts';
import { makeWorkspace, type Workspace } from '../journeys/workspace.ts';
import { inPart, sizeOfPart } from '../part.ts';
import { runHere } from './verbs.ts';

// What a dispatch, an event or a person puts into the flags of a verb: hostile text is refused in plain words, and nothing is
// done. WEIR_PAYLOADS=all tries every text with every flag; `npm test` a few of them. WEIR_PART: a part of the texts.

const ALL = process.env.WEIR_PAYLOADS === 'all';
const STEP = 127;

let shop: Workspace;
before(async () => {
  shop = await makeWorkspace();
  const applied = await run('apply', []);
  assert.equal(applied.code, 0, applied.output);
  const products = new URL(`/${shop.buckets.landing}/shop/products/products.csv`, shop.endpoint);
  await fetch(products, { method: 'PUT', body: 'product_id,product_name,price\n1,Tea,2.50\n' });
  const loaded = await run('load', ['--table', 'shop_raw.products']);
  assert.equal(loaded.code, 0, loaded.output);
});
after(() => shop.close());

function run(verb: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return runHere(verb, args, {
    dir: shop.dir,
    env: { AWS_ENDPOINT_URL: shop.endpoint, GITHUB_ACTIONS: 'true', ...env },
  });
}

/** A command line holds no NUL, no half character, and at most 131,072 bytes a word: the system refuses them before. */
const WORDS = PAYLOADS.filter((each) => !/\0|\p{Surrogate}/u.test(each) && Buffer.byteLength(each) < 131_072);

/** The texts that are tried, others for each flag, but all of them where they all are. */
function wordsOf(flag: number): readonly string[] {
  const tried = ALL ? WORDS.filter((_, at) => inPart(at)) : WORDS.filter((_, at) => at % STEP === flag);
  assert.ok(tried.length >= (ALL ? sizeOfPart(512) : 3), `${tried.length} texts`);
  return tried;
}

const LOAD = ['--table', 'shop_raw.sales'];
const FLAGS: readonly (readonly [verb: string, name: string, args: (text: string) => readonly string[]])[] = [
  ['load', '--table', (text) => ['--table', text, '--from', '2025-03-01', '--to', '2025-03-01']],
  ['load', '--from', (text) => [...LOAD, '--from', text, '--to', '2025-03-01']],
  ['load', '--to', (text) => [...LOAD, '--from', '2025-03-01', '--to', text]],
  ['load', '--env', (text) => ['--env', text]],
  ['load', '--backfill', (text) => ['--backfill', text]],
  ['load', '--max-bytes', (text) => [`--max-bytes=${text}`]],
  ['load', 'a word', (text) => [text]],
  ['rollback', '--table', (text) => [`--table=${text}`]],
  ['rollback', '--load', (text) => ['--table', 'shop_raw.products', `--load=${text}`]],
  ['plan', '--table', (text) => [`--table=${text}`]],
  ['plan', '--against', (text) => [`--against=${text}`]],
  ['apply', '--digest', (text) => [`--digest=${text}`]],
  ['status', 'a word', (text) => ['--', text]],
  ['gc', '--older-than', (text) => [`--older-than=${text}`]],
  ['comment', '--pull-request', (text) => ['--body', 'pipeline/lake.yaml', `--pull-request=${text}`]],
];

/** Nothing of this may be a command of GitHub Actions on a line of its own, but the annotations that Weir itself makes. */
const COMMAND = /^\s*::(?!(error|warning|notice|debug)\b)/m;

describe('flags', () => {
  for (const [flag, [verb, name, args]] of FLAGS.entries()) {
    test(`${verb} ${name}`, async () => {
      let refused = 0;
      for (const text of wordsOf(flag)) {
        const { code, output } = await run(verb, args(text));
        const told = `${JSON.stringify(text.slice(0, 80))}: ${output.slice(0, 2_000)}`;
        assert.doesNotMatch(output, /fault of Weir|\n\s+at .*:\d+:\d+/, told);
        assert.doesNotMatch(output, COMMAND, told);
        if (code === 0) {
          assert.ok(isHarmless(verb, name, text), `it was taken: ${told}`);
          continue;
        }
        refused += 1;
        assert.equal(code, 1, told);
        assert.match(output, /^error: [\s\S]+\n {2}cure: /, told);
      }
      assert.ok(refused > 0);
    });
  }
});

/** Some of the texts mean something: a count of days, a size, nothing at all. */
function isHarmless(verb: string, name: string, text: string): boolean {
  // Two dashes alone are the end of the flags.
  if (name === 'a word' && text === '--') return true;
  if (verb === 'gc') return Number(text) >= 1 && Number(text) <= 36_500;
  return name === '--max-bytes' && /^\d/.test(text);
}

test('the workflow hands its inputs on as they are, each as one word', async () => {
  const workflow = parse(await readFile('.github/workflows/backfill.yml', 'utf8')) as Workflow;
  const step = workflow.jobs.backfill.steps.find((each) => each.run?.includes('scripts/load.ts'))!;
  // In the place of node, a program that tells its words, each with a NUL after it, which no word holds.
  const bin = join(shop.dir, 'bin');
  await mkdir(bin, { recursive: true });
  const tells = '#!/bin/sh\nprintf "%s\\0" "$@"\n';
  await writeFile(join(bin, 'node'), tells, { mode: 0o755 });
  const words = async (inputs: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    const env = {
      PATH: `${bin}:${process.env.PATH}`,
      WEIR_ENV: 'prod',
      FILE: '',
      TABLE: '',
      FROM: '',
      TO: '',
      ...inputs,
    };
    // Without --norc a shell whose input is a socket, as here, reads somebody's .bashrc.
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-e', '-c', step.run!], {
      env: { ...env, DRY_RUN: '--dry-run' },
      cwd: shop.dir,
    });
    return stdout.split('\0').slice(0, -1);
  };
  const head = ['--import', 'tsx', 'scripts/load.ts', '--env', 'prod'];
  for (const text of wordsOf(5)) {
    const days = { TABLE: text, FROM: text, TO: text };
    assert.deepEqual(await words(days), [...head, '--table', text, '--from', text, '--to', text, '--dry-run']);
    assert.deepEqual(await words({ ...days, FILE: text }), [...head, '--backfill', text, '--dry-run']);
  }
});

interface Workflow {
  readonly jobs: { readonly backfill: { readonly steps: readonly { readonly run?: string }[] } };
}

test('an event, and what else the surroundings of a workflow hold', async () => {
  const event = join(shop.dir, 'event.json');
  for (const [at, text] of wordsOf(0).entries()) {
    const payload = {
      action: text,
      client_payload: { [text]: text, bucket: text, key: text },
      pull_request: { title: text },
    };
    await writeFile(event, at % 3 === 0 ? text : JSON.stringify(payload));
    const line = text.slice(0, 30_000).replaceAll(/[\r\n]/g, ' ');
    const env = {
      GITHUB_EVENT_PATH: event,
      GITHUB_SHA: line,
      GITHUB_RUN_ID: line,
      GITHUB_REPOSITORY: line,
      GITHUB_TOKEN: 'x',
    };
    for (const [verb, ...args] of [
      ['load', '--dry-run'],
      ['status'],
      ['comment', '--body', 'pipeline/lake.yaml', '--pull-request', '0'],
    ]) {
      const { output } = await run(verb!, args, env);
      assert.doesNotMatch(
        output,
        /fault of Weir|\n\s+at .*:\d+:\d+/,
        `${JSON.stringify(text.slice(0, 80))}: ${output.slice(0, 2_000)}`,
      );
      assert.doesNotMatch(output, COMMAND);
    }
  }
});

test('nothing was done by any of them', async () => {
  const { code, output } = await run('plan', ['--check']);
  assert.equal(code, 0, output);
});
