import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningLake } from '../clients/lake.ts';
import { must } from '../clients/run.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface Reading {
  readonly name: string;
  readonly sql: string;
}

/**
 * Fills the lake with the definitions of this repository and a small sample, by the verbs themselves; gives every table,
 * every view and every saved query, to be read.
 */
export async function fillSupermarket(lake: RunningLake): Promise<readonly Reading[]> {
  const dir = join(lake.dir, 'repository');
  await mkdir(dir, { recursive: true });
  await cp(join(ROOT, 'pipeline'), join(dir, 'pipeline'), { recursive: true });
  const verb = (name: string, ...args: readonly string[]) =>
    must(process.execPath, ['--import', import.meta.resolve('tsx'), join(ROOT, `scripts/${name}.ts`), ...args], {
      cwd: dir,
      env: { ...lake.env, NO_COLOR: '1' },
    });
  const days = ['--from', '2025-03-21', '--to', '2025-03-23'];
  await verb('apply');
  await verb('sample', 'supermarket', ...days, '--rows', '3000');
  await verb('load');
  const objects = [
    ...(await namesBelow(join(dir, 'pipeline/tables'))),
    ...(await namesBelow(join(dir, 'pipeline/views'))),
  ];
  const queries = (await readdir(join(dir, 'pipeline/queries'))).filter((file) => file.endsWith('.sql'));
  return [
    ...objects.map((name) => ({ name, sql: `SELECT * FROM ${name}` })),
    ...(await Promise.all(
      queries.map(async (file) => ({ name: file, sql: await readFile(join(dir, 'pipeline/queries', file), 'utf8') })),
    )),
  ];
}

/** `database.object` for every folder of definitions. */
async function namesBelow(folder: string): Promise<readonly string[]> {
  const databases = await readdir(folder);
  const names = databases.map(async (database) =>
    (await readdir(join(folder, database))).map((object) => `${database}.${object}`),
  );
  return (await Promise.all(names)).flat();
}
