import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = join(import.meta.dirname, '../..');

export interface Ran {
  readonly code: number;
  /** Everything that the verb wrote, to standard output and error. */
  readonly output: string;
}

let runs = 0;

/**
 * Runs a verb's own script in this process, as often as hundreds of cases need it: its arguments, environment and folder are
 * set, and what it writes is caught. Undefined takes a variable away. One at a time.
 */
export async function runHere(
  verb: string,
  args: readonly string[],
  where: { readonly dir: string; readonly env?: Readonly<Record<string, string | undefined>> },
): Promise<Ran> {
  const kept = { argv: process.argv, env: { ...process.env }, dir: process.cwd() };
  const [out, err] = [process.stdout.write, process.stderr.write];
  let output = '';
  // Verbs write text; what the test runner tells its parent over the same stream are bytes, which go on their way.
  const catching = (stream: NodeJS.WriteStream, write: typeof out) =>
    ((text: string | Uint8Array, ...rest: []): boolean => {
      if (typeof text !== 'string') return write.call(stream, text, ...rest);
      output += text;
      return true;
    }) as typeof out;
  runs += 1;
  const script = pathToFileURL(join(ROOT, `scripts/${verb}.ts`)).href;
  process.argv = [process.execPath, script, ...args];
  for (const [name, value] of Object.entries(where.env ?? {})) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  process.chdir(where.dir);
  process.exitCode = undefined;
  process.stdout.write = catching(process.stdout, out);
  process.stderr.write = catching(process.stderr, err);
  try {
    await import(`${script}?run=${runs}`);
    return { code: Number(process.exitCode ?? 0), output };
  } finally {
    process.stdout.write = out;
    process.stderr.write = err;
    process.exitCode = undefined;
    process.argv = kept.argv;
    process.chdir(kept.dir);
    for (const name of Object.keys(process.env)) if (!(name in kept.env)) delete process.env[name];
    Object.assign(process.env, kept.env);
  }
}
