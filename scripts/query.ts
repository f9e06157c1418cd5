import { COMMON_FLAGS, runVerb } from './adapters/entry.ts';
import { openEnvironment } from './adapters/environment.ts';
import { readPipeline } from './adapters/files.ts';
import { readSound, requireSound, unsoundLines } from './commands/definitions.ts';
import { query, statisticsLine } from './commands/query.ts';
import { EXIT, UserError } from './core/model/exit.ts';
import { renderCsv, renderTable } from './core/render/rows.ts';

await runVerb(
  {
    name: 'query',
    about: 'Asks the lake: SQL in quotes, or a saved query of pipeline/queries by its name.',
    positionals: 'SQL|NAME',
    flags: {
      csv: { type: 'boolean', about: 'print CSV instead of a table' },
      limit: { type: 'string', value: 'N', about: 'print at most this many rows; 0 for all', default: '1000' },
      ...COMMON_FLAGS,
    },
    examples: [
      'npm run query -- supermarket_branch_sales',
      'npm run query -- "SELECT count(*) AS sales FROM supermarket_raw_zone.supermarket_sales" --json',
    ],
  },
  async (args, signal) => {
    const [asked, ...rest] = args.positionals;
    if (asked === undefined || rest.length > 0) {
      throw new UserError(
        asked === undefined ? 'no query was given' : 'more than one query was given',
        'put the SQL in quotes: npm run query -- "SELECT 1"',
      );
    }
    const limit = Number(args.text('limit'));
    if (!Number.isSafeInteger(limit) || limit < 0) {
      throw new UserError(
        `--limit ${JSON.stringify(args.text('limit'))} is not a count`,
        'give a whole number, 0 for all',
      );
    }
    const reading = readSound(await readPipeline(args.text('dir') ?? '.'));
    requireSound(reading, [asked], 'ask');
    for (const line of unsoundLines(reading)) process.stderr.write(`${line}\n`);
    const definitions = reading.sound;
    const open = await openEnvironment(definitions.lake, args.text('env') ?? 'local');
    try {
      const answer = await query({ ...open, definitions, signal }, asked, limit === 0 ? undefined : limit);
      if (args.on('json')) {
        const { columns, rows, queryId, statistics, more } = answer;
        process.stdout.write(`${JSON.stringify({ columns, rows, more, queryId, ...statistics })}\n`);
      } else {
        process.stdout.write(args.on('csv') ? renderCsv(answer) : renderTable(answer));
        process.stderr.write(`${statisticsLine(answer)}\n`);
      }
      return EXIT.done;
    } finally {
      await open.close();
    }
  },
);
