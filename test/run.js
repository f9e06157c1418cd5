// Runs every *.test.ts below the given folders (default: test/ and lake/test/, without the heavy suites) with node:test
// through tsx. Passing a folder to `node --test` finds nothing on Node 20 and exits 0, so files are passed, and finding
// none is a failure.
//
// Where all is run, several files share a process: starting one, loading the SDK and the grammar and warming them up costs
// more than most files do. A file or a folder that is asked for has a process a file.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const HEAVY = ['test/clients', 'test/faults', 'test/trino', 'lake/test/heavy'];
const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'));

function testFiles(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const child = join(path, entry.name);
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : testFiles(child);
      return entry.name.endsWith('.test.ts') ? [child] : [];
    });
}

const files = asked.length
  ? asked.flatMap(testFiles)
  : ['test', 'lake/test'].flatMap(testFiles).filter((file) => !HEAVY.some((folder) => file.startsWith(`${folder}/`)));
if (files.length === 0) {
  console.error(`no test file found under ${asked.join(', ') || 'test/, lake/test/'}: nothing would be tested`);
  process.exit(1);
}

/** What its text shows to change its process (environment, folder, output) has one of its own. */
const ALONE =
  /\brunHere\b|mock\.method\(process|process\.chdir|(delete |assign\()process\.env|process\.env\.\w+ (\?\?)?= /;

/** Files to a process: few enough that the last one does not run alone for long. */
const SHARING = 16;

/** The files that are alone, and modules below a folder that run several others each (test/together.js). */
function shared(folder) {
  const alone = files.filter((file) => ALONE.test(readFileSync(file, 'utf8')));
  const others = files.filter((file) => !alone.includes(file));
  const count = Math.ceil(others.length / SHARING);
  // Each Nth file: what stands together, and takes long for the same reason, is spread.
  const groups = Array.from({ length: count }, (_, group) => others.filter((_, at) => at % count === group));
  return [...alone, ...groups.map((group, at) => moduleOf(group, join(folder, `shared-${at + 1}.test.mjs`)))];
}

function moduleOf(group, path) {
  const listed = group.map((file) => ({ name: file, url: pathToFileURL(resolve(file)).href }));
  const together = pathToFileURL(join(import.meta.dirname, 'together.js')).href;
  writeFileSync(path, `import { together } from '${together}';\ntogether(${JSON.stringify(listed, undefined, 2)});\n`);
  return path;
}

const folder = asked.length ? undefined : mkdtempSync(join(tmpdir(), 'weir-test-'));
// One more than there are processors: some tests only wait, for a pause or a disk.
const concurrency = `--test-concurrency=${availableParallelism() + 1}`;
const runner = [
  '--import',
  'tsx',
  '--test',
  '--test-reporter=spec',
  concurrency,
  ...flags,
  ...(folder ? shared(folder) : files),
];
const child = spawn(process.execPath, runner, { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  if (folder) rmSync(folder, { recursive: true });
  process.exit(signal ? 1 : (code ?? 1));
});
