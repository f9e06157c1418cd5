import { COMMON_FLAGS, runVerb } from '../scripts/adapters/entry.ts';
import { EXIT, UserError } from '../scripts/core/model/exit.ts';
import { tryEncodings } from './encodings.ts';
import { headline } from './headline.ts';
import { lakeBench } from './lake.ts';

await runVerb(
  {
    name: 'bench',
    about: 'Measures what the docs claim; figures are ratios within one run.',
    positionals: 'headline|encodings|lake [tpch|partitions|clients|memory|start]',
    flags: {
      rows: { type: 'string', value: 'N', about: 'sales rows of the headline', default: '10000000' },
      work: { type: 'string', value: 'DIR', about: 'folder for the data, about 3 GB; default: a temporary one' },
      json: COMMON_FLAGS.json,
    },
  },
  async (args, signal) => {
    const [what, only] = args.positionals;
    if (what === 'encodings') {
      const tries = await tryEncodings(signal);
      if (args.on('json')) process.stdout.write(`${JSON.stringify(tries)}\n`);
      else {
        process.stdout.write(
          '| codec | order of rows within a day | bytes a row | less than CSV | seconds |\n| --- | --- | --- | --- | --- |\n',
        );
        for (const { codec, order, bytesPerRow, reductionPercent, seconds } of tries) {
          process.stdout.write(
            `| ${codec} | ${order} | ${bytesPerRow.toFixed(2)} | ${reductionPercent.toFixed(2)} % | ${seconds.toFixed(2)} |\n`,
          );
        }
      }
      return EXIT.done;
    }
    if (what === 'headline') {
      const rows = Number(args.text('rows'));
      if (!Number.isSafeInteger(rows) || rows < 1000)
        throw new UserError('--rows is not a count of at least 1000', 'give a whole number');
      return headline({ rows, work: args.text('work'), json: args.on('json'), signal });
    }
    if (what === 'lake') return lakeBench({ only, json: args.on('json'), signal });
    throw new UserError(
      `there is no benchmark ${JSON.stringify(what ?? '')}`,
      'give one of: headline, encodings, lake',
    );
  },
);
