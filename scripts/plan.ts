import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { COMMON_FLAGS, runVerb } from './adapters/entry.ts';
import { environmentOf, openEnvironment } from './adapters/environment.ts';
import { readPipeline } from './adapters/files.ts';
import { readSnapshot } from './adapters/snapshot.ts';
import { readActual } from './commands/actual.ts';
import { readDefinitions } from './commands/definitions.ts';
import { type PlanRequest, planLake } from './commands/plan.ts';
import { EXIT, UserError } from './core/model/exit.ts';
import { isPending, type Plan } from './core/plan/plan.ts';
import { renderPlan } from './core/render/plan-human.ts';
import { LONGEST_COMMENT, renderMarkdown } from './core/render/plan-markdown.ts';

/** Where the workflows put a snapshot; it may not be there yet. Another folder that is named must be. */
const SNAPSHOT = '.weir/catalog';

await runVerb(
  {
    name: 'plan',
    about: 'Shows what apply would change in the catalog, statement by statement, and what loads are stale.',
    flags: {
      table: {
        type: 'string',
        value: 'NAME',
        about: 'only this table or view (database.name), or all of a database; may be repeated',
        multiple: true,
      },
      check: { type: 'boolean', about: 'exit 2 when something is pending' },
      out: { type: 'string', value: 'FILE', about: 'write the plan as JSON, for apply --plan' },
      markdown: { type: 'string', value: 'FILE', about: 'write the plan for a pull request comment' },
      summary: { type: 'string', value: 'FILE', about: 'write the whole plan as Markdown, however long' },
      against: { type: 'string', value: 'live|snapshot', about: 'what to compare with', default: 'live' },
      snapshot: { type: 'string', value: 'DIR', about: 'folder of the snapshot', default: SNAPSHOT },
      ...COMMON_FLAGS,
    },
    examples: [
      'npm run plan',
      'npm run plan -- --env prod --check',
      'npm run plan -- --env prod --against snapshot --snapshot .weir/catalog --markdown plan.md',
    ],
  },
  async (args) => {
    const definitions = readDefinitions(await readPipeline(args.text('dir') ?? '.'));
    const environment = environmentOf(definitions.lake, args.text('env') ?? 'local');
    const today = new Date().toISOString().slice(0, 10);
    const request = { definitions, environment, today, only: args.list('table') };
    const against = args.text('against');
    const notes: string[] = [];
    let plan: Plan;
    if (against === 'snapshot') {
      const snapshot = await readSnapshot(args.text('snapshot') ?? SNAPSHOT, environment.name, SNAPSHOT);
      notes.push(snapshot.note);
      process.stderr.write(`${snapshot.note}\n`);
      plan = await planLake({ ...request, against, read: async () => snapshot.lake });
    } else if (against === 'live') {
      plan = await planLive(environment.name, { ...request, against });
    } else {
      throw new UserError(`--against ${against} is not known`, 'use --against live or --against snapshot');
    }
    await write(args.text('out'), `${JSON.stringify(plan, null, 2)}\n`);
    await write(args.text('markdown'), renderMarkdown(plan, { longest: LONGEST_COMMENT, notes }));
    await write(args.text('summary'), renderMarkdown(plan, { notes }));
    const color = process.stdout.isTTY === true && !process.env.NO_COLOR;
    process.stdout.write(args.on('json') ? `${JSON.stringify(plan, null, 2)}\n` : renderPlan(plan, { color }));
    if (args.on('check')) return isPending(plan) ? EXIT.pending : EXIT.done;
    return plan.counts.refused > 0 ? EXIT.error : EXIT.done;

    async function planLive(name: string, rest: Omit<PlanRequest, 'read'>): Promise<Plan> {
      const open = await openEnvironment(definitions.lake, name);
      try {
        return await planLake({ ...rest, read: () => readActual(open.glue, definitions, open.environment) });
      } finally {
        await open.close();
      }
    }
  },
);

async function write(file: string | undefined, text: string): Promise<void> {
  if (file === undefined) return;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
