import { type Random, seededRandom, weightedIndex } from './random.ts';
import { BRANCH_WEIGHTS, CUSTOMER_WEIGHTS, type Dimensions, PRODUCT_WEIGHTS } from './supermarket-dimensions.ts';

const SALES_HEADER =
  'sale_id,sale_date,sale_time,branch_id,customer_id,product_id,quantity,unit_price,discount,payment_method';

/** Sale numbers are the day's number times this plus a count, so that days can be made in any order and stay unique. */
export const MOST_ROWS_A_DAY = 10_000_000;

const CHUNK = 1 << 20;
const LONGEST_ROW = 160;
/** Share of the day's sales by hour, 0 to 23: closed at night, peaks at noon and after work. */
const HOURS = [0, 0, 0, 0, 0, 0, 1, 3, 5, 6, 7, 9, 11, 8, 6, 6, 8, 11, 12, 10, 6, 3, 1, 0];
const QUANTITIES = weightedIndex([46, 22, 11, 7, 5, 4, 2, 1, 0.7, 0.7, 0.3, 0.3]);
const DISCOUNTS = ['0.00', '0.05', '0.10', '0.15', '0.20', '0.50'];
const DISCOUNT_OF = weightedIndex([72, 10, 9, 4, 4, 1]);
const PAYMENTS = ['cash', 'card', 'ewallet'];
const PAYMENT_OF = weightedIndex([44, 33, 23]);

/** What drawing a row needs, in the bytes that are written: made once, used by every day. */
export interface SalesPlan {
  readonly seed: string;
  readonly products: readonly Uint8Array[];
  readonly prices: readonly Uint8Array[];
  readonly drawBranch: (random: Random) => number;
  readonly drawCustomer: (random: Random) => number;
  readonly drawProduct: (random: Random) => number;
  /** Which customer, and which product, has which rank in the skew: a seeded shuffle. */
  readonly customerOfRank: Uint32Array;
  readonly productOfRank: Uint32Array;
  readonly secondOfShare: Uint32Array;
}

/** Prepares the drawing of sales over the given dimensions. */
export function planSales(dimensions: Dimensions, seed: string): SalesPlan {
  const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
  return {
    seed,
    products: dimensions.products.map((row) => bytes(row[0]!)),
    prices: dimensions.products.map((row) => bytes(row[3]!)),
    drawBranch: weightedIndex(BRANCH_WEIGHTS),
    drawCustomer: weightedIndex(CUSTOMER_WEIGHTS),
    drawProduct: weightedIndex(PRODUCT_WEIGHTS),
    customerOfRank: shuffled(dimensions.customers.length, `${seed}/customer-ranks`),
    productOfRank: shuffled(dimensions.products.length, `${seed}/product-ranks`),
    secondOfShare: secondsByShare(),
  };
}

/**
 * The CSV of one day (yyyy-MM-dd) of `rows` rows, or of `count` of them from the `first`, in chunks of about 1 MB,
 * header first, rows in order of time. Every line is drawn by itself: nothing is repeated or ordered to compress well.
 * The same seed, day and counts give the same bytes.
 */
export function* salesOfDay(
  plan: SalesPlan,
  day: string,
  rows: number,
  first = 0,
  count = rows,
): Generator<Uint8Array> {
  const random = seededRandom(`${plan.seed}/sales/${day}/${first}`);
  const date = Buffer.from(`,${day},`, 'latin1');
  const firstId = dayNumber(day) * MOST_ROWS_A_DAY;
  const shares = plan.secondOfShare.length;
  let chunk = Buffer.allocUnsafe(CHUNK);
  let at = chunk.write(`${SALES_HEADER}\n`, 'latin1');
  for (let row = first; row < first + count; row++) {
    if (at > CHUNK - LONGEST_ROW) {
      yield chunk.subarray(0, at);
      chunk = Buffer.allocUnsafe(CHUNK);
      at = 0;
    }
    const second = plan.secondOfShare[Math.floor(((row + random.fraction()) / rows) * shares)]!;
    const product = plan.productOfRank[plan.drawProduct(random)]!;
    at = writeNumber(chunk, at, firstId + row + 1);
    at = writeBytes(chunk, at, date);
    at = writeTime(chunk, at, second);
    at = writeNumber(chunk, at, plan.drawBranch(random) + 1);
    chunk[at++] = COMMA;
    at = writeNumber(chunk, at, plan.customerOfRank[plan.drawCustomer(random)]! + 1);
    chunk[at++] = COMMA;
    at = writeBytes(chunk, at, plan.products[product]!);
    chunk[at++] = COMMA;
    at = writeNumber(chunk, at, QUANTITIES(random) + 1);
    chunk[at++] = COMMA;
    at = writeBytes(chunk, at, plan.prices[product]!);
    chunk[at++] = COMMA;
    at = writeText(chunk, at, DISCOUNTS[DISCOUNT_OF(random)]!);
    chunk[at++] = COMMA;
    at = writeText(chunk, at, PAYMENTS[PAYMENT_OF(random)]!);
    chunk[at++] = NEWLINE;
  }
  yield chunk.subarray(0, at);
}

const COMMA = 44;
const COLON = 58;
const NEWLINE = 10;
const ZERO = 48;

function writeNumber(target: Buffer, start: number, value: number): number {
  let length = 1;
  for (let limit = 10; value >= limit; limit *= 10) length++;
  let rest = value;
  for (let at = start + length - 1; at >= start; at--) {
    const tenth = Math.floor(rest / 10);
    target[at] = ZERO + (rest - tenth * 10);
    rest = tenth;
  }
  return start + length;
}

function writeBytes(target: Buffer, start: number, bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; i++) target[start + i] = bytes[i]!;
  return start + bytes.length;
}

function writeText(target: Buffer, start: number, text: string): number {
  for (let i = 0; i < text.length; i++) target[start + i] = text.charCodeAt(i);
  return start + text.length;
}

/** `HH:MM:SS,` */
function writeTime(target: Buffer, start: number, second: number): number {
  const pair = (at: number, value: number): void => {
    target[at] = ZERO + Math.floor(value / 10);
    target[at + 1] = ZERO + (value % 10);
  };
  pair(start, Math.floor(second / 3600));
  target[start + 2] = COLON;
  pair(start + 3, Math.floor(second / 60) % 60);
  target[start + 5] = COLON;
  pair(start + 6, second % 60);
  target[start + 8] = COMMA;
  return start + 9;
}

function shuffled(count: number, seed: string): Uint32Array {
  const random = seededRandom(seed);
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let i = count - 1; i > 0; i--) {
    const other = random.below(i + 1);
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  return order;
}

/** The second of the day below which a share of its sales lie, in 2^20 steps. */
function secondsByShare(): Uint32Array {
  const steps = 1 << 20;
  const total = HOURS.reduce((sum, weight) => sum + weight, 0);
  const table = new Uint32Array(steps);
  let hour = 0;
  let before = 0;
  for (let step = 0; step < steps; step++) {
    const share = (step / steps) * total;
    while (share >= before + HOURS[hour]!) before += HOURS[hour++]!;
    table[step] = Math.floor((hour + (share - before) / HOURS[hour]!) * 3600);
  }
  return table;
}

/** Days since 2000-01-01. */
function dayNumber(day: string): number {
  return Math.round((Date.parse(`${day}T00:00:00Z`) - Date.parse('2000-01-01T00:00:00Z')) / 86_400_000);
}
