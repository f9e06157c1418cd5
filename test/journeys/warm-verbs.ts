// The other side of warm.ts: runs the scripts that it is told of, one after the other, and says what each printed.
import { pathToFileURL } from 'node:url';
import type { Asked } from './warm.ts';

type Write = typeof process.stdout.write;

let runs = 0;

process.on('message', async ({ dir, script, args }: Asked) => {
  const printed = { stdout: '', stderr: '' };
  const given = { stdout: process.stdout.write, stderr: process.stderr.write };
  const take = (stream: 'stdout' | 'stderr'): Write =>
    ((text: string | Uint8Array) => {
      printed[stream] += typeof text === 'string' ? text : Buffer.from(text).toString();
      return true;
    }) as Write;
  process.stdout.write = take('stdout');
  process.stderr.write = take('stderr');
  process.chdir(dir);
  process.argv.splice(1, process.argv.length, script, ...args);
  process.exitCode = undefined;
  try {
    // Another query makes it another module: the script runs again, on what it imports.
    await import(`${pathToFileURL(script)}?run=${runs++}`);
  } catch (error) {
    printed.stderr += error instanceof Error ? error.stack : String(error);
    process.exitCode = 1;
  }
  process.stdout.write = given.stdout;
  process.stderr.write = given.stderr;
  process.send?.({ code: process.exitCode ?? 0, ...printed });
  process.exitCode = undefined;
});
