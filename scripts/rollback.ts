import { COMMON_FLAGS, runVerb } from './adapters/entry.ts';
import { openEnvironment } from './adapters/environment.ts';
import { readPipeline } from './adapters/files.ts';
import { surroundings } from './adapters/load-context.ts';
import { readSound, requireSound, unsoundLines } from './commands/definitions.ts';
import { printRollback, rollback } from './commands/rollback.ts';
import { UserError } from './core/model/exit.ts';

await runVerb(
  {
    name: 'rollback',
    about: 'Points partitions back to the load before, and holds them until they are released.',
    flags: {
      table: { type: 'string', value: 'NAME', about: 'the table (database.table)' },
      from: { type: 'string', value: 'DATE', about: 'first day' },
      to: { type: 'string', value: 'DATE', about: 'last day' },
      load: { type: 'string', value: 'ID', about: 'go back to this load; default: the one before' },
      release: { type: 'boolean', about: 'let held partitions be loaded again, instead of rolling back' },
      'dry-run': { type: 'boolean', about: 'show what would change; change nothing' },
      ...COMMON_FLAGS,
    },
    examples: [
      'npm run rollback -- --table supermarket_raw_zone.supermarket_sales --from 2025-03-23 --to 2025-03-23',
      'npm run rollback -- --table supermarket_raw_zone.supermarket_products',
      'npm run rollback -- --release --table supermarket_raw_zone.supermarket_sales',
    ],
  },
  async (args, signal) => {
    const table = args.text('table');
    if (table === undefined) throw new UserError('no table was named', 'name it with --table database.table');
    const dir = args.text('dir') ?? '.';
    const json = args.on('json');
    const reading = readSound(await readPipeline(dir));
    requireSound(reading, [table], 'look');
    for (const line of unsoundLines(reading)) process.stderr.write(`${line}\n`);
    const definitions = reading.sound;
    const open = await openEnvironment(definitions.lake, args.text('env') ?? 'local');
    try {
      const context = { ...(await surroundings(open, dir, json)), definitions, signal };
      const days = { from: args.text('from'), to: args.text('to') };
      const how = { load: args.text('load'), release: args.on('release'), dryRun: args.on('dry-run') };
      return printRollback(await rollback(context, { table, ...days, ...how }), json);
    } finally {
      await open.close();
    }
  },
);
