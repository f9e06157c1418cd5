import { COMMON_FLAGS, runVerb } from './adapters/entry.ts';
import { openEnvironment } from './adapters/environment.ts';
import { readPipeline } from './adapters/files.ts';
import { surroundings } from './adapters/load-context.ts';
import { readSound, requireSound, unsoundLines } from './commands/definitions.ts';
import { gc, printGc } from './commands/gc.ts';
import { UserError } from './core/model/exit.ts';

await runVerb(
  {
    name: 'gc',
    about: 'Finds files of loads that nothing points to any more; deletes them with --delete.',
    flags: {
      table: { type: 'string', value: 'NAME', about: 'only this table; may be repeated', multiple: true },
      'older-than': { type: 'string', value: 'DAYS', about: 'leave what was written in the last days', default: '7' },
      delete: { type: 'boolean', about: 'delete them; without it they are only shown' },
      ...COMMON_FLAGS,
    },
    examples: ['npm run gc', 'npm run gc -- --env prod --delete'],
  },
  async (args, signal) => {
    const dir = args.text('dir') ?? '.';
    const json = args.on('json');
    const olderThanDays = daysOf(args.text('older-than') ?? '');
    const reading = readSound(await readPipeline(dir));
    requireSound(reading, args.list('table'), 'look');
    for (const line of unsoundLines(reading)) process.stderr.write(`${line}\n`);
    const definitions = reading.sound;
    const open = await openEnvironment(definitions.lake, args.text('env') ?? 'local');
    try {
      const context = { ...(await surroundings(open, dir, json)), definitions, signal };
      return printGc(await gc(context, { tables: args.list('table'), olderThanDays, delete: args.on('delete') }), json);
    } finally {
      await open.close();
    }
  },
);

function daysOf(text: string): number {
  const days = Number(text);
  if (!Number.isNaN(days)) return days;
  throw new UserError(`--older-than ${JSON.stringify(text)} is no number of days`, 'give days, for instance 7');
}
