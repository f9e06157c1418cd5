import { LOAD_PREFIX } from '../core/model/catalog.ts';
import { EXIT, type ExitCode, UserError } from '../core/model/exit.ts';
import type { SampleFile, SampleTarget } from '../core/model/sample.ts';
import { renderTable } from '../core/render/rows.ts';
import { bytesText } from '../core/render/text.ts';
import { applyLake } from './apply/apply.ts';
import { type LoadContext, load } from './load.ts';
import { query } from './query.ts';
import { writeSample } from './sample.ts';

const SALES = { database: 'supermarket_raw_zone', table: 'supermarket_sales' } as const;
const LANDING = 'supermarket/sales/';
const DAY = { year: '2025', month: '03', day: '23' } as const;
/** The five questions, as saved queries. */
const QUESTIONS = [
  'supermarket_branch_sales',
  'supermarket_best_selling_products',
  'supermarket_top_customers',
  'supermarket_sales_by_category',
  'supermarket_price_margin',
];
const ROWS_SHOWN = 5;

export interface DemoContext extends LoadContext {
  readonly files: readonly SampleFile[];
  readonly target: SampleTarget;
  readonly today: string;
}

/** The main job from nothing: sample data, apply, loads with their checks, five answers, and what it all scanned. */
export async function demo(context: DemoContext): Promise<ExitCode> {
  const { say } = context;
  heading(say, 'sample', 'six CSV drops, five days of sales');
  const sample = await writeSample(context.files, context.target, context.progress, context.signal);
  say(
    `${sample.files} files, ${sample.rows.toLocaleString('en')} rows, ${bytesText(sample.bytes)} in ${sample.target}`,
  );

  heading(say, 'apply', 'databases, tables and views from pipeline/');
  await applyAll(context);

  heading(say, 'load', 'CTAS, checks, one catalog entry a partition');
  const loaded = await load(context, { tables: [], from: undefined, to: undefined, maxBytes: Number.MAX_SAFE_INTEGER });
  if (loaded.tables.some((table) => table.state === 'failed' || table.state === 'blocked')) return EXIT.error;

  heading(say, 'query', 'five answers from the serving zone');
  for (const name of QUESTIONS) await answer(context, name);

  heading(say, 'what it scanned and saved', '');
  for (const line of await savings(context)) say(line);
  say('');
  say('Ask it yourself:  npm run query -- "SELECT count(*) FROM supermarket_serving_zone.vw_fact_sales"');
  say('Begin anew:       remove the folder .lake and run the demo again');
  return EXIT.done;
}

function heading(say: (line: string) => void, verb: string, about: string): void {
  say(`\n== ${verb}${about === '' ? '' : `: ${about}`}`);
}

async function applyAll(context: DemoContext): Promise<void> {
  const { definitions, environment, today } = context;
  const request = { definitions, environment, today, only: [], reviewed: undefined };
  const applied = await applyLake(
    request,
    context,
    (step, _, of) => context.progress(`apply: ${step.number} of ${of}`),
    context.signal,
  );
  if (!applied.ok) throw new UserError('apply did not succeed', 'npm run apply says why');
  const done = applied.outcomes.length;
  context.say(done === 0 ? 'nothing to do: the catalog is as the definitions say' : `${done} statements done`);
}

async function answer(context: DemoContext, name: string): Promise<void> {
  const saved = context.definitions.queries.find((each) => each.name === name);
  const found = await query(context, name, ROWS_SHOWN);
  context.say(`\n${saved?.description ?? name}`);
  context.say(renderTable(found).trimEnd());
  context.say(`${bytesText(found.statistics.bytesScanned)} scanned`);
}

/** Storage and scan of the sales, from the ledger and from two queries that the engine measured. */
async function savings(context: DemoContext): Promise<readonly string[]> {
  const landing = context.environment.buckets.landing;
  let csv = 0;
  if (landing !== undefined) for await (const object of context.s3.list(landing, LANDING)) csv += object.size;
  const database = `${context.environment.prefix}${SALES.database}`;
  const partitions = await context.glue.listPartitions(database, SALES.table);
  const parquet = partitions.reduce((sum, { parameters }) => sum + Number(parameters[`${LOAD_PREFIX}bytes`] ?? 0), 0);
  const ask = `SELECT branch_id, SUM(quantity * unit_price) AS sales FROM ${SALES.database}.${SALES.table}`;
  const where = Object.entries(DAY).map(([column, value]) => `${column} = '${value}'`);
  const full = (await query(context, `${ask} GROUP BY branch_id`, 1)).statistics.bytesScanned;
  const day = (await query(context, `${ask} WHERE ${where.join(' AND ')} GROUP BY branch_id`, 1)).statistics
    .bytesScanned;
  const less = (part: number, whole: number): string => `${(100 * (1 - part / whole)).toFixed(2)} % less`;
  return [
    `storage of the sales:  CSV ${bytesText(csv)} -> Parquet ${bytesText(parquet)}, ${less(parquet, csv)}`,
    `one day of ${partitions.length}:          ${bytesText(full)} -> ${bytesText(day)} scanned by its partition, ${less(day, full)}`,
    `one day from the CSV:  all of ${bytesText(csv)} would be scanned without partitions, ${less(day, csv)} with them`,
  ];
}
