import { type Arguments, COMMON_FLAGS, runVerb } from './adapters/entry.ts';
import { openEnvironment, topicAlone } from './adapters/environment.ts';
import { readPipeline } from './adapters/files.ts';
import { runFacts, surroundings } from './adapters/load-context.ts';
import { runError, runSummary } from './adapters/summary.ts';
import { readSound, requireSound, unsoundLines } from './commands/definitions.ts';
import { adopt, printAdoptions } from './commands/load/adopt.ts';
import { backfillLines, backfillOptions, openBackfill, runBackfill } from './commands/load/backfill.ts';
import { rangeAsked } from './commands/load/choose.ts';
import { notifyOutcome, notifyRun } from './commands/load/notices.ts';
import { type LoadSummary, summaryLine, type TableOutcome, tableLines } from './commands/load/report.ts';
import { unsoundOutcomes } from './commands/load/unsound.ts';
import { type LoadContext, type LoadOptions, load, previewLoad, printLoad, printPreview } from './commands/load.ts';
import { LOAD_MODES } from './core/define/index.ts';
import { parseBytes } from './core/load/index.ts';
import type { Backfill, Environment, LoadMode } from './core/model/definition.ts';
import { EXIT, type ExitCode, UserError } from './core/model/exit.ts';
import { loadMarkdown } from './core/render/load-markdown.ts';
import { logText } from './core/render/text.ts';
import type { Soundness } from './core/rules/soundness.ts';

await runVerb(
  {
    name: 'load',
    about: 'Loads what is due: writes new Parquet, audits it, publishes it partition by partition.',
    flags: {
      table: {
        type: 'string',
        value: 'NAME',
        about: 'only this table (database.table); may be repeated',
        multiple: true,
      },
      mode: {
        type: 'string',
        value: 'MODE',
        about: `only tables that load in this mode: ${LOAD_MODES.join(', ')}`,
      },
      from: { type: 'string', value: 'DATE', about: 'reload from this day on, even what is loaded already' },
      to: { type: 'string', value: 'DATE', about: 'reload up to this day' },
      backfill: { type: 'string', value: 'NAME', about: 'go on with the backfill of pipeline/backfills/NAME.yaml' },
      adopt: { type: 'boolean', about: 'enter what another program loaded into the ledger as it is; load nothing' },
      'dry-run': { type: 'boolean', about: 'show what is due, why, and what it would cost; change nothing' },
      'max-bytes': { type: 'string', value: 'BYTES', about: 'read no more source bytes than this', default: '1TB' },
      ...COMMON_FLAGS,
    },
    examples: [
      'npm run load',
      'npm run load -- --table supermarket_raw_zone.supermarket_sales --from 2025-03-19 --to 2025-03-21 --dry-run',
    ],
  },
  async (args, signal) => {
    const dir = args.text('dir') ?? '.';
    const reading = readSound(await readPipeline(dir));
    const asked = askedOf(args, reading);
    for (const line of unsoundLines(reading)) process.stderr.write(`${line}\n`);
    const json = args.on('json');
    const definitions = reading.loadable;
    const isLoad = !args.on('dry-run') && !args.on('adopt');
    const environment = args.text('env') ?? 'local';
    const open = await openEnvironment(definitions.lake, environment).catch(async (error: unknown) => {
      if (isLoad) await tellUnopened(definitions.lake.environments[environment], dir, signal, error);
      throw error;
    });
    try {
      const context = { ...(await surroundings(open, dir, json)), definitions, signal };
      if (args.on('adopt')) {
        const dryRun = args.on('dry-run');
        return printAdoptions(await adopt(context, { tables: asked.options.tables, dryRun }), dryRun, json);
      }
      return await (isLoad ? loadAll(context, asked, json) : showDue(context, asked, json));
    } finally {
      await open.close();
    }
  },
);

/** What flags, or the file of a backfill, ask for. */
interface AskedFor {
  readonly options: LoadOptions;
  readonly backfill: Backfill | undefined;
  /** Who names tables wants these; else those that cannot be loaded are failures of the run. */
  readonly left: readonly TableOutcome[];
}

function askedOf(args: Arguments, reading: Soundness): AskedFor {
  const name = args.text('backfill');
  if (name !== undefined && (args.list('table').length > 0 || args.text('from') || args.text('to'))) {
    throw new UserError('--backfill names its tables and days itself', 'leave --table, --from and --to out');
  }
  const mode = modeOf(args);
  requireSound(reading, name === undefined ? [] : [`backfills/${name}`], 'ask');
  const backfill = name === undefined ? undefined : openBackfill(reading.sound, name, Date.now());
  const tables = backfill?.tables ?? args.list('table');
  requireSound(reading, tables, 'load');
  const maxBytes = parseBytes(args.text('max-bytes') ?? '');
  if (maxBytes === undefined) {
    const cure = 'give bytes, for instance 500MB';
    throw new UserError(`--max-bytes ${JSON.stringify(args.text('max-bytes'))} is no size`, cure);
  }
  const days = { from: args.text('from'), to: args.text('to') };
  // Refused here, before there is a run to send a notice of.
  rangeAsked(days);
  const options = backfill
    ? backfillOptions(backfill, reading.loadable.lake.timezone, maxBytes)
    : { tables, mode, ...days, maxBytes };
  return { options, backfill, left: tables.length > 0 ? [] : unsoundOutcomes(reading) };
}

async function showDue(context: LoadContext, { options, backfill, left }: AskedFor, json: boolean): Promise<ExitCode> {
  const previews = await previewLoad(context, options);
  const shown = printPreview(previews, json);
  if (backfill && !json) process.stdout.write(`${logText(backfillLines(backfill, previews)[0] ?? '')}\n`);
  return left.length > 0 ? EXIT.error : shown;
}

async function loadAll(context: LoadContext, { options, backfill, left }: AskedFor, json: boolean): Promise<ExitCode> {
  for (const outcome of left) {
    const warnings = await notifyOutcome(context, outcome);
    for (const line of tableLines({ ...outcome, warnings })) context.say(line);
  }
  const loading = backfill ? runBackfill(context, backfill, options.maxBytes) : load(context, options);
  const loaded = await loading.catch(async (error: unknown) => {
    warn(await notifyRun(context, error));
    throw error;
  });
  const summary = { ...loaded, tables: [...loaded.tables, ...left] };
  await tellRun(summary);
  return printLoad(summary, json);
}

/** A run that ends before it can look at a table is told as well, as far as its topic can be reached. */
async function tellUnopened(
  environment: Environment | undefined,
  dir: string,
  signal: AbortSignal,
  error: unknown,
): Promise<void> {
  const sns = environment && topicAlone(environment);
  if (environment === undefined || sns === undefined) return;
  warn(await notifyRun({ environment, sns, signal, ...(await runFacts(dir)) }, error));
  await sns.close();
}

function warn(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(logText(`warning: ${line}\n`));
}

/** The mode that --mode asks for; refused beside flags that choose the tables themselves. */
function modeOf(args: Arguments): LoadMode | undefined {
  const asked = args.text('mode');
  if (asked === undefined) return undefined;
  const others = ['backfill', 'from', 'to'].filter((flag) => args.text(flag) !== undefined);
  if (args.on('adopt')) others.push('adopt');
  if (args.list('table').length > 0) others.push('table');
  if (others.length > 0) {
    throw new UserError(`--mode chooses tables, and so does --${others[0]}`, 'give one of the two');
  }
  const mode = LOAD_MODES.find((each) => each === asked);
  if (mode === undefined) {
    throw new UserError(
      `--mode ${JSON.stringify(asked)} is no mode of a load`,
      `give one of: ${LOAD_MODES.join(', ')}`,
    );
  }
  return mode;
}

/** Where operators look: the run's summary page, and an annotation for each table that did not load. */
async function tellRun(summary: LoadSummary): Promise<void> {
  const tables = summary.tables.map((outcome) => ({ ...outcome, lines: tableLines(outcome) }));
  await runSummary(loadMarkdown(tables, summaryLine(summary)));
  for (const { table, state, lines } of tables) {
    if (state === 'failed') await runError(`${table} did not load`, lines.join('\n'));
  }
}
