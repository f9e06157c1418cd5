import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { madeOnce, pythonEnvironment } from '../clients/cache.ts';
import { must } from '../clients/run.ts';

export interface BenchmarkQuery {
  readonly number: number;
  readonly sql: string;
  /** The same with dates written as dates, for where the text is refused for comparing a date with a string. */
  readonly typed: string;
}

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');

/** The 22 queries of TPC-H or the 99 of TPC-DS; the repository holds none of their text. */
export async function benchmarkQueries(benchmark: 'tpc-h' | 'tpc-ds'): Promise<readonly BenchmarkQuery[]> {
  const environment = await pythonEnvironment(REQUIREMENTS);
  const source = await madeOnce('sqlglot-27.0.0', async (folder) => {
    const pip = ['download', '--quiet', '--no-deps', '--no-binary', ':all:', '--requirement', REQUIREMENTS];
    await must(join(environment, 'bin/pip'), [...pip, '--dest', folder]);
    const archive = (await readdir(folder)).find((name) => name.endsWith('.tar.gz'));
    await must('tar', ['xzf', join(folder, archive!), '-C', folder, '--strip-components=1']);
  });
  const file = join(source, 'tests/fixtures/optimizer', benchmark, `${benchmark}.sql`);
  const printed = await must(join(environment, 'bin/python'), [join(import.meta.dirname, 'queries.py'), file]);
  return JSON.parse(printed) as BenchmarkQuery[];
}
