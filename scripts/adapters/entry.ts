import { type ParseArgsConfig, parseArgs } from 'node:util';
import { EXIT, type ExitCode, UserError } from '../core/model/exit.ts';
import { logText } from '../core/render/text.ts';
import { withoutSecrets } from './redact.ts';

export interface Flag {
  readonly type: 'string' | 'boolean';
  /** Shown in --help after the flag's name, e.g. `DATE`. */
  readonly value?: string;
  readonly about: string;
  readonly multiple?: boolean;
  readonly default?: string | boolean;
}

export interface Verb {
  readonly name: string;
  /** One line. */
  readonly about: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** What positional arguments are called; none are taken without it. */
  readonly positionals?: string;
  readonly examples?: readonly string[];
}

export interface Arguments {
  readonly text: (name: string) => string | undefined;
  readonly list: (name: string) => readonly string[];
  readonly on: (name: string) => boolean;
  readonly positionals: readonly string[];
}

/** Flags that most verbs share. */
export const COMMON_FLAGS = {
  env: { type: 'string', value: 'NAME', about: 'environment of pipeline/lake.yaml', default: 'local' },
  json: { type: 'boolean', about: 'print the result as JSON on standard output' },
  dir: { type: 'string', value: 'DIR', about: 'folder that holds pipeline/', default: '.' },
} as const satisfies Record<string, Flag>;

/**
 * Runs a verb: parses its arguments, gives it a signal that SIGINT and SIGTERM abort, prints what went wrong without a
 * stack trace where the user can mend it, and sets the exit code.
 */
export async function runVerb(
  verb: Verb,
  run: (args: Arguments, signal: AbortSignal) => Promise<ExitCode>,
  argv: readonly string[] = process.argv.slice(2),
): Promise<void> {
  const abort = new AbortController();
  const stop = (): void => abort.abort(new UserError('stopped by a signal', 'run the same command again to go on'));
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners('error').includes(leftAlone)) stream.on('error', leftAlone);
  }
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    const args = readArguments(verb, argv);
    if (args.on('help')) {
      process.stdout.write(help(verb));
      process.exitCode = EXIT.done;
    } else {
      process.exitCode = await run(args, abort.signal);
    }
  } catch (error) {
    process.stderr.write(explain(error));
    process.exitCode = EXIT.error;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

/** Who read the output may have left (`npm run load | head`): what is under way is brought to its end all the same. */
function leftAlone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** The text for a failure: a user's mistake by message and cure, a bug with its stack and where to report it. */
export function explain(error: unknown): string {
  if (error instanceof UserError) {
    const where = error.where === undefined ? '' : `${error.where} `;
    return logText(`error: ${where}${error.message}\n  cure: ${error.cure}\n`);
  }
  const surroundings = refusedByTheSystem(error);
  if (surroundings !== undefined) return explain(surroundings);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error: this is a fault of Weir itself, please report it with the text below\n${logText(withoutSecrets(text))}\n`;
}

/** Reasons of the file system that the user can mend: https://nodejs.org/api/errors.html#common-system-errors */
const FILE_REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the file system is read-only',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder, not a file',
  EEXIST: 'something else is there',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EMFILE: 'too many files are open',
};

function refusedByTheSystem(error: unknown): UserError | undefined {
  const { code, path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  const reason = FILE_REASONS[code ?? ''];
  if (reason === undefined || path === undefined || syscall === undefined) return undefined;
  return new UserError(
    `cannot ${syscall} ${path}: ${reason} (${code})`,
    'give a path that this user may read and write, on a disk with room',
    { cause: error },
  );
}

function readArguments(verb: Verb, argv: readonly string[]): Arguments {
  const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const [name, flag] of Object.entries(verb.flags)) {
    options[name] = { type: flag.type, ...(flag.multiple ? { multiple: true } : {}) };
  }
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: verb.positionals !== undefined, strict: true });
  } catch (error) {
    // Node goes on about file names that begin with a dash, which no verb takes.
    const [message] = (error as Error).message.split('. To specify a positional argument');
    throw new UserError(message ?? '', `npm run ${verb.name} -- --help lists the flags`);
  }
  const values = parsed.values as Record<string, string | boolean | string[] | undefined>;
  const given = (name: string): string | boolean | string[] | undefined => values[name] ?? verb.flags[name]?.default;
  return {
    text: (name) => {
      const value = given(name);
      return typeof value === 'string' ? value : undefined;
    },
    list: (name) => {
      const value = given(name);
      return Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
    },
    on: (name) => given(name) === true,
    positionals: parsed.positionals,
  };
}

function help(verb: Verb): string {
  const shown = [
    ...Object.entries(verb.flags).map(([name, flag]) => {
      const head = `--${name}${flag.type === 'string' ? ` ${flag.value ?? 'TEXT'}` : ''}`;
      const preset = flag.default === undefined || flag.default === false ? '' : ` (default: ${flag.default})`;
      return [head, `${flag.about}${preset}`] as const;
    }),
    ['--help', 'print this'] as const,
  ];
  const width = Math.max(...shown.map(([head]) => head.length));
  const lines = shown.map(([head, about]) => `  ${head.padEnd(width)}  ${about}`);
  const examples = verb.examples?.length ? `\nexamples:\n${verb.examples.map((line) => `  ${line}`).join('\n')}\n` : '';
  const positionals = verb.positionals === undefined ? '' : ` ${verb.positionals}`;
  return `${verb.about}\n\nusage: npm run ${verb.name} -- [flags]${positionals}\n\n${lines.join('\n')}\n${examples}`;
}
