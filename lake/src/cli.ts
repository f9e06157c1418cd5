import { parseArgs } from 'node:util';
import { startLake } from './server.ts';
import { LakeError } from './wire/lake-error.ts';

const USAGE = `Usage: weir-lake [--port P] [--dir D] [--host H] [--account A] [--region R]
                 [--engine duckdb|trino] [--trino-url U] [--trino-catalog C] [--trino-wait S]

Serves S3, Glue, Athena and STS from one folder until it is stopped (Ctrl-C).

  --port     default 4566; 0: a free one
  --dir      folder of the lake, made if missing; default .lake
  --host     default 127.0.0.1; anything else lets other machines in, with all rights
  --account  default 000000000000
  --region   default us-east-1
  --engine   what executes: duckdb (default), or a trino whose Hive catalog has this lake as Glue and S3
  --trino-url      http://[user[:password]@]host:port
  --trino-catalog  its name there; default awsdatacatalog
  --trino-wait     seconds to wait for it while its port is closed; default 30`;

interface Arguments {
  readonly port: number;
  readonly dir: string;
  readonly host: string;
  readonly account?: string;
  readonly region?: string;
  readonly trino?: { readonly url: string; readonly catalog?: string; readonly waitMs?: number };
}

function readArguments(): Arguments | 'help' {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      options: {
        port: text,
        dir: text,
        host: text,
        account: text,
        region: text,
        engine: text,
        'trino-url': text,
        'trino-catalog': text,
        'trino-wait': text,
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) return 'help';
    // An empty one is a variable that was not set: the folder would be the current one, the host every address.
    for (const [name, value] of Object.entries(values))
      if (value === '') throw new LakeError(`--${name} is empty`, 'give it a value, or leave it out');
    const port = values.port ?? '4566';
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
      throw new LakeError(`--port ${port} is no port`, 'give 0 to 65535');
    if (values.account !== undefined && !/^\d{12}$/.test(values.account))
      throw new LakeError(`--account ${values.account} is no account id`, 'give 12 digits');
    return {
      port: Number(port),
      dir: values.dir ?? '.lake',
      host: values.host ?? '127.0.0.1',
      ...(values.account === undefined ? {} : { account: values.account }),
      ...(values.region === undefined ? {} : { region: values.region }),
      ...readEngine(values),
    };
  } catch (error) {
    if (error instanceof LakeError) throw error;
    throw new LakeError((error as Error).message, 'see --help');
  }
}

const TRINO_FLAGS = ['trino-url', 'trino-catalog', 'trino-wait'] as const;

type EngineFlags = { readonly [name in (typeof TRINO_FLAGS)[number] | 'engine']?: string | undefined };

function readEngine(flags: EngineFlags): Pick<Arguments, 'trino'> {
  const { engine, 'trino-url': url, 'trino-catalog': catalog, 'trino-wait': wait } = flags;
  if (engine !== undefined && engine !== 'duckdb' && engine !== 'trino')
    throw new LakeError(`--engine ${engine} is not known`, 'give duckdb or trino');
  if (engine === 'trino') {
    if (url === undefined) throw new LakeError('--engine trino has no address', 'give --trino-url http://host:port');
    if (wait !== undefined && !/^\d{1,5}$/.test(wait))
      throw new LakeError(`--trino-wait ${wait} is no number of seconds`, 'give a whole number');
    const waiting = wait === undefined ? {} : { waitMs: Number(wait) * 1000 };
    return { trino: { url, ...(catalog === undefined ? {} : { catalog }), ...waiting } };
  }
  const stray = TRINO_FLAGS.find((name) => flags[name] !== undefined);
  if (stray) throw new LakeError(`--${stray} is for a Trino alone`, 'give --engine trino too');
  return {};
}

async function main(): Promise<void> {
  const options = readArguments();
  if (options === 'help') return say(USAGE);
  const lake = await startLake(options);
  if (lake.joined) {
    const port = Number(new URL(lake.url).port);
    if (options.trino !== undefined || (options.port !== 0 && options.port !== port))
      throw new LakeError(
        `${options.dir} is already served at ${lake.url}`,
        'use that address, stop that process, or choose another --dir',
      );
    await lake.stop();
    return say(`weir-lake: ${options.dir} is already served by another process at ${lake.url}`);
  }
  let stops = 0;
  const stop = () => {
    stops += 1;
    if (stops > 1) process.exit(1);
    lake.stopNow().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  stopWithParent(stop);
  // Said last: whoever reads the line may stop this process at once.
  const open = options.host === '127.0.0.1' || options.host === 'localhost' || options.host === '::1';
  say(
    `weir-lake: ${options.dir} is served at ${lake.url}${open ? '' : ' to every machine that can reach it, with all rights'}`,
  );
}

/** Started by `npm run`, the lake ends with npm: one that was killed could not pass the signal on. */
function stopWithParent(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, 500);
  watch.unref();
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(error: unknown): void {
  const known = error instanceof LakeError;
  process.stderr.write(`weir-lake: ${known ? error.message : ((error as Error).stack ?? String(error))}\n`);
  process.exit(1);
}

main().catch(fail);
