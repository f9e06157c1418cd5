import { COMMON_FLAGS, runVerb } from './adapters/entry.ts';
import { openEnvironment } from './adapters/environment.ts';
import { readPipeline } from './adapters/files.ts';
import { progressLine } from './adapters/progress.ts';
import { bucketTarget, folderTarget } from './adapters/sample-target.ts';
import { readDefinitions } from './commands/definitions.ts';
import { dayFlag, printSample, writeSample } from './commands/sample.ts';
import { UserError } from './core/model/exit.ts';
import { supermarketFiles } from './samples/supermarket.ts';

await runVerb(
  {
    name: 'sample',
    about: 'Makes seeded sample data of a lake and drops it into the landing bucket, or into a folder.',
    positionals: 'supermarket',
    flags: {
      from: { type: 'string', value: 'DATE', about: 'first day', default: '2025-03-19' },
      to: { type: 'string', value: 'DATE', about: 'last day', default: '2025-03-23' },
      rows: { type: 'string', value: 'N', about: 'sales rows in all, spread evenly; without it about 82,000 a day' },
      seed: { type: 'string', value: 'TEXT', about: 'the same seed gives the same bytes', default: '1' },
      out: { type: 'string', value: 'DIR', about: 'write below this folder; without it put into the landing bucket' },
      ...COMMON_FLAGS,
    },
    examples: [
      'npm run sample -- supermarket --from 2025-03-19 --to 2025-03-23',
      'npm run sample -- supermarket --from 2024-09-01 --to 2024-12-31 --rows 10000000 --out /somewhere/with/room',
    ],
  },
  async (args, signal) => {
    const [lake = 'supermarket', ...more] = args.positionals;
    if (lake !== 'supermarket' || more.length > 0) {
      throw new UserError(`there is no sample ${JSON.stringify(args.positionals.join(' '))}`, 'samples: supermarket');
    }
    const from = dayFlag('from', args.text('from'));
    const to = dayFlag('to', args.text('to'));
    if (from > to) throw new UserError(`--from ${from} is after --to ${to}`, 'give the earlier day to --from');
    const files = supermarketFiles({ seed: args.text('seed') ?? '1', from, to, rows: countFlag(args.text('rows')) });
    const progress = progressLine();
    const out = args.text('out');
    if (out !== undefined) {
      return printSample(await writeSample(files, folderTarget(out), progress, signal), args.on('json'));
    }
    const definitions = readDefinitions(await readPipeline(args.text('dir') ?? '.'));
    const open = await openEnvironment(definitions.lake, args.text('env') ?? 'local');
    try {
      const bucket = open.environment.buckets.landing;
      if (bucket === undefined) {
        throw new UserError(
          'the environment has no landing bucket',
          'name one under buckets in pipeline/lake.yaml, or use --out',
        );
      }
      return printSample(await writeSample(files, bucketTarget(open.s3, bucket), progress, signal), args.on('json'));
    } finally {
      await open.close();
    }
  },
);

function countFlag(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text.replaceAll(/[_,]/g, ''));
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new UserError(`--rows ${JSON.stringify(text)} is not a count`, 'give a whole number, for instance 10000000');
  }
  return count;
}
