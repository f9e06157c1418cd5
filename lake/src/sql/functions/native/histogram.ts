import { invalidArgument, native } from './udf.ts';

interface Bucket {
  readonly value: number;
  readonly weight: number;
}

/** How much is lost by making one bucket of two neighbours. */
function penalty(a: Bucket, b: Bucket): number {
  const weight = a.weight + b.weight;
  return (((a.value - b.value) ** 2 * a.weight * b.weight) / weight ** 2) * weight;
}

function merge(a: Bucket, b: Bucket): Bucket {
  const weight = a.weight + b.weight;
  return { value: (a.value * a.weight + b.value * b.weight) / weight, weight };
}

/** Sorts, joins equal values, then joins the cheapest neighbours until few enough are left. */
function compact(buckets: readonly Bucket[], most: number): Bucket[] {
  const left: Bucket[] = [];
  for (const bucket of [...buckets].sort((a, b) => a.value - b.value)) {
    const last = left.at(-1);
    if (last !== undefined && last.value === bucket.value)
      left[left.length - 1] = { value: last.value, weight: last.weight + bucket.weight };
    else left.push(bucket);
  }
  while (left.length > most) {
    let cheapest = 0;
    for (let index = 1; index < left.length - 1; index += 1) {
      if (penalty(left[index]!, left[index + 1]!) < penalty(left[cheapest]!, left[cheapest + 1]!)) cheapest = index;
    }
    left.splice(cheapest, 2, merge(left[cheapest]!, left[cheapest + 1]!));
  }
  return left;
}

/** As many values as Trino gathers before it makes buckets of them. */
const buffered = 100;

/** Values and weights in turn, as texts. */
function histogram(count: bigint, values: readonly (string | null)[], weights: readonly (string | null)[]): string[] {
  if (count < 2n) throw invalidArgument('numeric_histogram bucket count must be greater than one');
  let buckets: Bucket[] = [];
  for (const [index, value] of values.entries()) {
    if (buckets.length === Number(count) + buffered) buckets = compact(buckets, Number(count));
    buckets.push({ value: Number(value), weight: Number(weights[index]) });
  }
  return compact(buckets, Number(count)).flatMap(({ value, weight }) => [String(value), String(weight)]);
}

/** numeric_histogram(). */
export const histogramNatives = [native('weir_histogram(BIGINT, VARCHAR[], VARCHAR[]) VARCHAR[]', histogram)];
