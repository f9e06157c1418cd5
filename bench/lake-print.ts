import type { Clients, Memory } from './lake-load.ts';
import { MANY, type Partitions } from './lake-partitions.ts';
import type { Starts } from './lake-start.ts';
import type { Tpch } from './lake-tpch.ts';

/** What was measured; a measure that was not asked for is missing. */
export interface LakeFigures {
  readonly tpch?: Tpch;
  readonly partitions?: Partitions;
  readonly clients?: Clients;
  readonly memory?: Memory;
  readonly start?: Starts;
}

type Line = readonly [measure: string, value: string, goal: string];

const count = (value: number): string => value.toLocaleString('en');
const ms = (value: number): string => `${value < 100 ? value.toFixed(1) : count(Math.round(value))} ms`;
const times = (a: number, b: number): string => `${(a / b).toFixed(2)} x`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

/** The figures as a table, as docs/performance.md has it. */
export function printLake({ tpch, partitions, clients, memory, start }: LakeFigures): void {
  const lines: Line[] = [];
  if (tpch) lines.push(...tpchLines(tpch));
  if (partitions) {
    const { fewMs, manyMs } = partitions;
    const value = `${ms(fewMs)}, ${ms(manyMs)}: ${times(manyMs, fewMs)}`;
    lines.push([`one partition of 100, of ${count(MANY)}`, value, 'at most 2 x']);
  }
  if (clients) {
    const value = `${clients.wrong} wrong answers, ${clients.seconds.toFixed(1)} s`;
    lines.push([`${clients.clients} clients at once, ${clients.queries} queries`, value, 'none wrong']);
  }
  if (memory) {
    const after = memory.bytes.map(([requests]) => count(requests)).join(', ');
    lines.push([
      `memory after ${after} requests`,
      memory.bytes.map(([, bytes]) => megabytes(bytes)).join(', '),
      'flat',
    ]);
  }
  if (start) {
    lines.push(['start, empty folder', ms(start.emptyMs), 'under 1,000 ms']);
    lines.push(['start, folder of the measures above', ms(start.filledMs), 'under 1,000 ms']);
  }
  table(['measure', 'value', 'goal'], lines);
  if (!tpch) return;
  process.stdout.write('\n');
  const queries = tpch.queries.map(({ number, rows, lakeMs, plainMs }) => [
    String(number),
    count(rows),
    ms(lakeMs),
    ms(plainMs),
  ]);
  table(['query', 'rows', 'lake', 'plain DuckDB'], queries);
}

function tpchLines({ queries, differ, median, quickest }: Tpch): readonly Line[] {
  const sum = (name: string, { lakeMs, plainMs, goalMs }: Tpch['median']): Line => [
    `TPC-H at scale 1 through the Athena API, ${name}`,
    `${ms(lakeMs)}, plain DuckDB ${ms(plainMs)}: ${times(lakeMs, goalMs)} the goal`,
    `at most 1.15 x plain + 25 ms a query: ${ms(goalMs)}`,
  ];
  return [
    sum('sum of 22 medians', median),
    sum('sum of 22 quickest runs', quickest),
    ['queries whose rows agree', `${queries.length - differ.length} of ${queries.length}`, 'all'],
  ];
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): void {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  process.stdout.write(`${row(head)}${row(head.map(() => '---'))}${lines.map(row).join('')}`);
}
