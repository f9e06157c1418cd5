import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningLake } from './lake.ts';
import { must, type RunOptions, run } from './run.ts';

type Aws = (...args: readonly string[]) => Promise<string>;

/** The AWS CLI on its own: `s3` with large files and folders, `glue` and `athena` with what shell scripts do. */
export async function tryAwsCli(aws: string, lake: RunningLake): Promise<void> {
  const folder = join(lake.dir, 'aws-cli');
  await mkdir(folder, { recursive: true });
  const options: RunOptions = { env: lake.env, cwd: folder };
  const call: Aws = (...args) => must(aws, args, options);
  await call('s3', 'mb', 's3://cli-lake');
  await tryFiles(call, folder);
  await tryCatalog(call);
  await tryQueries(call);
  const refused = await run(aws, ['glue', 'get-table', '--database-name', 'cli', '--name', 'nowhere'], options);
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /EntityNotFoundException/);
}

async function tryFiles(aws: Aws, folder: string): Promise<void> {
  const large = randomBytes(20 * 1024 * 1024); // the CLI sends 8 MB parts
  await writeFile(join(folder, 'large.bin'), large);
  await aws('s3', 'cp', 'large.bin', 's3://cli-lake/in/large.bin', '--quiet');
  await aws('s3', 'cp', 's3://cli-lake/in/large.bin', 's3://cli-lake/in/copy.bin', '--quiet');
  await aws('s3', 'cp', 's3://cli-lake/in/copy.bin', 'back.bin', '--quiet');
  assert.ok(large.equals(await readFile(join(folder, 'back.bin'))));
  await mkdir(join(folder, 'site/deep er'), { recursive: true });
  await writeFile(join(folder, 'site/a.csv'), '1,north\n2,south\n');
  await writeFile(join(folder, 'site/deep er/é+%20.csv'), '3,east\n');
  // S3 tells whole seconds: a file of this very second would look newer than its object, and be sent again.
  const before = new Date(Date.now() - 60_000);
  for (const file of ['site/a.csv', 'site/deep er/é+%20.csv']) await utimes(join(folder, file), before, before);
  await aws('s3', 'sync', 'site', 's3://cli-lake/site/', '--quiet');
  assert.equal(await aws('s3', 'sync', 'site', 's3://cli-lake/site/'), '', 'a second sync has nothing to do');
  const listed = await aws('s3', 'ls', 's3://cli-lake/site/', '--recursive');
  assert.match(listed, /16 site\/a\.csv\n.* 7 site\/deep er\/é\+%20\.csv\n$/);
  await aws('s3', 'mv', 's3://cli-lake/site/deep er/é+%20.csv', 's3://cli-lake/site/b.csv', '--quiet');
  assert.equal(await aws('s3', 'cp', 's3://cli-lake/site/b.csv', '-'), '3,east\n');
  await aws('s3', 'rm', 's3://cli-lake/in/', '--recursive', '--quiet');
  const head = JSON.parse(await aws('s3api', 'head-object', '--bucket', 'cli-lake', '--key', 'site/a.csv'));
  assert.equal(head.ContentLength, 16);
  assert.equal(head.ContentType, 'text/csv');
  const left = JSON.parse(await aws('s3api', 'list-objects-v2', '--bucket', 'cli-lake', '--page-size', '1'));
  assert.deepEqual(
    left.Contents.map((entry: { Key: string }) => entry.Key),
    ['site/a.csv', 'site/b.csv'],
  );
}

async function tryCatalog(aws: Aws): Promise<void> {
  await aws('glue', 'create-database', '--database-input', '{"Name": "cli"}');
  const input = {
    Name: 'branches',
    TableType: 'EXTERNAL_TABLE',
    Parameters: { classification: 'csv' },
    StorageDescriptor: {
      Columns: [
        { Name: 'id', Type: 'int' },
        { Name: 'name', Type: 'string' },
      ],
      Location: 's3://cli-lake/site/',
      InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      SerdeInfo: {
        SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
        Parameters: { 'field.delim': ',' },
      },
    },
  };
  await aws('glue', 'create-table', '--database-name', 'cli', '--table-input', JSON.stringify(input));
  const names = await aws(
    ...['glue', 'get-tables', '--database-name', 'cli', '--query', 'TableList[].Name', '--output', 'text'],
  );
  assert.equal(names.trim(), 'branches');
}

async function tryQueries(aws: Aws): Promise<void> {
  await aws(
    ...['athena', 'create-work-group', '--name', 'cli', '--configuration'],
    'EnforceWorkGroupConfiguration=true,ResultConfiguration={OutputLocation=s3://cli-lake/results/}',
  );
  const started = await aws(
    ...['athena', 'start-query-execution', '--work-group', 'cli', '--query-execution-context', 'Database=cli'],
    ...['--query-string', 'SELECT id, upper(name) AS name FROM branches ORDER BY id'],
    ...['--query', 'QueryExecutionId', '--output', 'text'],
  );
  const id = started.trim();
  let state = 'RUNNING';
  while (state === 'RUNNING' || state === 'QUEUED')
    state = (
      await aws(
        ...['athena', 'get-query-execution', '--query-execution-id', id],
        ...['--query', 'QueryExecution.Status.State', '--output', 'text'],
      )
    ).trim();
  assert.equal(state, 'SUCCEEDED');
  const values = await aws(
    ...['athena', 'get-query-results', '--query-execution-id', id, '--output', 'json'],
    ...['--query', 'ResultSet.Rows[].Data[].VarCharValue'],
  );
  assert.deepEqual(JSON.parse(values), ['id', 'name', '1', 'NORTH', '2', 'SOUTH', '3', 'EAST']);
  assert.equal(
    await aws('s3', 'cp', `s3://cli-lake/results/${id}.csv`, '-'),
    '"id","name"\n"1","NORTH"\n"2","SOUTH"\n"3","EAST"\n',
  );
}
