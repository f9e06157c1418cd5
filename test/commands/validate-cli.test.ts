import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';

/** The verb as people and workflows start it. */
interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return new Promise((done) => {
    const { GITHUB_ACTIONS: _, ...surroundings } = process.env;
    execFile(process.execPath, ['--import', 'tsx', ...args], { env: { ...surroundings, ...env } }, (error, out, err) =>
      done({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

const validate = (args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Outcome> =>
  run(['scripts/validate.ts', '--no-compile', ...args], env);

let dir = '';
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'weir validate '));
  await cp('test/cases/validate/base', dir, { recursive: true });
  await rm(join(dir, 'pipeline/allow.yaml'));
});
after(() => rm(dir, { recursive: true }));

describe('npm run validate', { concurrency: 2 }, () => {
  test('clean definitions: exit 0, and a word that nothing was compiled', async () => {
    const { code, out, err } = await validate(['--dir', dir]);
    assert.equal(code, 0, err);
    assert.match(out, /^0 errors, 0 warnings \(13 files, 4 tables, 2 views; SELECTs not compiled: /);
  });

  test('faults: exit 1, each on a line, as data with --json, as annotations in GitHub Actions', async () => {
    const broken = join(dir, 'broken');
    await cp(join(dir, 'pipeline'), join(broken, 'pipeline'), { recursive: true });
    await writeFile(join(broken, 'pipeline/queries/bad.sql'), '-- bad\nSELECT\n  1 AS one,,\n');
    await writeFile(join(broken, 'pipeline/allow.yaml'), '- object: a\n');
    const [data, github] = await Promise.all([
      validate(['--dir', broken, '--json']),
      validate(['--dir', broken], { GITHUB_ACTIONS: 'true' }),
    ]);
    assert.deepEqual([data.code, github.code], [1, 1]);
    assert.match(
      github.out,
      /^pipeline\/allow\.yaml:1:3 missing-key the key "change" is missing; add change: \.\.\.$/m,
    );
    assert.match(
      github.out,
      /^pipeline\/queries\/bad\.sql:3:12 sql-syntax .*\n {2}3 \| {3}1 AS one,,\n {4}\| {12}\^$/m,
    );
    assert.doesNotMatch(data.out + data.err + github.out + github.err, /\bat .*\.ts:\d+/);
    const result = JSON.parse(data.out) as { findings: readonly { rule: string; place: object }[] };
    assert.equal(result.findings.length, 4);
    assert.deepEqual(result.findings.at(-1)?.place, { path: 'pipeline/queries/bad.sql', line: 3, column: 12 });
    assert.match(github.out, /^::error file=pipeline\/queries\/bad\.sql,line=3,col=12,title=sql-syntax::/m);
  });

  test('no pipeline/ here: an error with its cure and without a stack', async () => {
    const empty = join(dir, 'empty');
    await mkdir(empty);
    const { code, out, err } = await validate(['--dir', empty]);
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.match(err, /^error: .*pipeline is not a folder\n {2}cure: /);
    assert.doesNotMatch(err, /\n\s+at /);
  });

  test('where the lake is not installed, nothing is compiled and nothing fails', async () => {
    // A copy of the one file that knows the lake, in a place from which no package can be found.
    const away = join(dir, 'away/scripts');
    for (const file of ['adapters/lake.ts', 'core/model/exit.ts']) await cp(join('scripts', file), join(away, file));
    await writeFile(join(away, 'package.json'), '{ "type": "module" }');
    const probe = join(away, 'probe.ts');
    await writeFile(
      probe,
      "import { openLake } from './adapters/lake.ts';\nconsole.log(await openLake({ dir: 'x' }));\n",
    );
    const { code, out, err } = await run([resolve(probe)]);
    assert.equal(code, 0, err);
    assert.equal(out, 'undefined\n');
  });
});
