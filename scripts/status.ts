import { commitSubject } from './adapters/commit.ts';
import { COMMON_FLAGS, runVerb } from './adapters/entry.ts';
import { openEnvironment } from './adapters/environment.ts';
import { readPipeline } from './adapters/files.ts';
import { surroundings } from './adapters/load-context.ts';
import { readSound, requireSound, unsoundLines } from './commands/definitions.ts';
import { printStatus, status } from './commands/status.ts';
import { printTrace, trace } from './commands/trace.ts';
import { UserError } from './core/model/exit.ts';

await runVerb(
  {
    name: 'status',
    about: 'Shows what is loaded, due, failed, stale and held; of one partition everything that is known.',
    positionals: '[TABLE [PARTITION]]',
    flags: COMMON_FLAGS,
    examples: [
      'npm run status',
      'npm run status -- supermarket_raw_zone.supermarket_sales',
      'npm run status -- supermarket_raw_zone.supermarket_sales 2025-03-23',
    ],
  },
  async (args, signal) => {
    const [table, partition, ...rest] = args.positionals;
    if (rest.length > 0) throw new UserError('too many words', 'give a table, and a partition if it is about one');
    const dir = args.text('dir') ?? '.';
    const json = args.on('json');
    const reading = readSound(await readPipeline(dir));
    requireSound(reading, table === undefined ? [] : [table], 'load');
    for (const line of unsoundLines(reading)) process.stderr.write(`${line}\n`);
    const definitions = reading.loadable;
    const open = await openEnvironment(definitions.lake, args.text('env') ?? 'local');
    try {
      const context = { ...(await surroundings(open, dir, json)), definitions, signal };
      if (table === undefined || partition === undefined) {
        const found = await status(context, table === undefined ? [] : [table]);
        return printStatus(found, context.environment.name, json);
      }
      const found = await trace(context, table, partition);
      const commit = found.ledger?.commit;
      return printTrace(found, commit === undefined ? undefined : await commitSubject(dir, commit), json);
    } finally {
      await open.close();
    }
  },
);
