// Runs every *.test.ts below the given folders (default: test/ and lake/test/, without the heavy suites) with node:test
// through tsx. Passing a folder to `node --test` finds nothing on Node 20 and exits 0, so files are passed, and finding
// none is a failure.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

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
// node:test leaves one processor idle of its own accord; on two that is half the machine.
const concurrency = `--test-concurrency=${availableParallelism()}`;
const runner = ['--import', 'tsx', '--test', '--test-reporter=spec', concurrency, ...flags, ...files];
const child = spawn(process.execPath, runner, { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
