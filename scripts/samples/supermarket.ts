import type { SampleFile } from '../core/model/sample.ts';
import { periods } from '../core/partition/index.ts';
import { seededRandom } from './random.ts';
import { csvText, type Dimensions, HEADERS, makeDimensions } from './supermarket-dimensions.ts';
import { MOST_ROWS_A_DAY, planSales, salesOfDay } from './supermarket-sales.ts';

/** The day that the lake's author printed, with its number of rows. */
const EXAMPLE_DAY = { day: '2025-03-23', rows: 81_967 } as const;
const ORDINARY_ROWS = 82_000;
const ROWS_A_FILE = 1_000_000;

export interface SupermarketSample {
  readonly seed: string;
  /** First and last day, yyyy-MM-dd, both inclusive. */
  readonly from: string;
  readonly to: string;
  /** In all, spread evenly over the days; undefined: an ordinary day's volume each. */
  readonly rows: number | undefined;
}

/** The files of the supermarket's landing zone: five static tables and one folder of sales a day. */
export function supermarketFiles(sample: SupermarketSample): readonly SampleFile[] {
  const dimensions = makeDimensions(sample.seed);
  const plan = planSales(dimensions, sample.seed);
  const days = periods(sample, 'day').map((period) => period.from);
  const sales = days.flatMap((day, index) => {
    const rows =
      sample.rows === undefined ? ordinaryRows(sample.seed, day) : evenShare(sample.rows, days.length, index);
    if (rows > MOST_ROWS_A_DAY) {
      throw new RangeError(`${rows} rows for ${day}: at most ${MOST_ROWS_A_DAY} a day, or sale numbers would meet`);
    }
    return dayFiles(day, rows, (first, count) => salesOfDay(plan, day, rows, first, count));
  });
  return [...staticFiles(dimensions), ...sales];
}

function staticFiles(dimensions: Dimensions): SampleFile[] {
  return (Object.keys(HEADERS) as (keyof Dimensions)[]).map((name) => ({
    key: `supermarket/${name}/${name}.csv`,
    rows: dimensions[name].length,
    chunks: () => [Buffer.from(csvText(HEADERS[name], dimensions[name]))],
  }));
}

function dayFiles(
  day: string,
  rows: number,
  chunks: (first: number, count: number) => Iterable<Uint8Array>,
): SampleFile[] {
  const files = Math.max(1, Math.ceil(rows / ROWS_A_FILE));
  return Array.from({ length: files }, (_, index) => {
    const first = index * ROWS_A_FILE;
    const count = Math.min(ROWS_A_FILE, rows - first);
    const name = files === 1 ? 'sales.csv' : `sales-${String(index + 1).padStart(2, '0')}.csv`;
    return { key: `supermarket/sales/${day}/${name}`, rows: count, chunks: () => chunks(first, count) };
  });
}

/** About 82,000 rows, some per cent more or less by day. */
function ordinaryRows(seed: string, day: string): number {
  if (day === EXAMPLE_DAY.day) return EXAMPLE_DAY.rows;
  const random = seededRandom(`${seed}/volume/${day}`);
  return Math.round(ORDINARY_ROWS * (0.94 + 0.12 * random.fraction()));
}

function evenShare(total: number, parts: number, index: number): number {
  return Math.floor((total * (index + 1)) / parts) - Math.floor((total * index) / parts);
}

/** Every day from `from` to `to`, both inclusive, as yyyy-MM-dd. */
