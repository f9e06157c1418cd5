import { readFile } from 'node:fs/promises';
import { COMMON_FLAGS, runVerb } from './adapters/entry.ts';
import { openEnvironment } from './adapters/environment.ts';
import { readPipeline } from './adapters/files.ts';
import { surroundings } from './adapters/load-context.ts';
import { applyLake } from './commands/apply/apply.ts';
import { readDefinitions } from './commands/definitions.ts';
import { acquireLease } from './commands/load/lease.ts';
import { EXIT, UserError } from './core/model/exit.ts';
import { parsePlan } from './core/plan/compare.ts';
import { renderOutcome, renderProgress } from './core/render/apply.ts';

await runVerb(
  {
    name: 'apply',
    about: 'Brings the catalog to the definitions: plans anew and runs the statements, in order, until one fails.',
    flags: {
      table: {
        type: 'string',
        value: 'NAME',
        about: 'only this table or view (database.name), or all of a database; may be repeated',
        multiple: true,
      },
      plan: { type: 'string', value: 'FILE', about: 'refuse unless the plan is still the one of this file' },
      digest: { type: 'string', value: 'TEXT', about: 'refuse unless the plan still has this digest' },
      ...COMMON_FLAGS,
    },
    examples: ['npm run apply', 'npm run apply -- --env prod --plan plan.json'],
  },
  async (args, signal) => {
    const dir = args.text('dir') ?? '.';
    const definitions = readDefinitions(await readPipeline(dir));
    const file = args.text('plan');
    const digest = args.text('digest');
    const reviewed = file !== undefined ? await readPlan(file) : digest !== undefined ? { digest } : undefined;
    const open = await openEnvironment(definitions.lake, args.text('env') ?? 'local');
    try {
      const json = args.on('json');
      const context = { ...(await surroundings(open, dir, json)), definitions, signal };
      const result = await applyLake(
        {
          definitions,
          environment: open.environment,
          today: new Date().toISOString().slice(0, 10),
          only: args.list('table'),
          reviewed,
        },
        open,
        (step, outcome, of) => process.stderr.write(`${renderProgress(step, outcome, of)}\n`),
        signal,
        (table) => acquireLease(context, table, 'apply'),
      );
      process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : renderOutcome(result));
      return result.ok ? EXIT.done : EXIT.error;
    } finally {
      await open.close();
    }
  },
);

async function readPlan(file: string): Promise<ReturnType<typeof parsePlan>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${file} cannot be read (${error.code})`, 'make a plan first: npm run plan -- --out FILE');
  });
  return parsePlan(text, file);
}
