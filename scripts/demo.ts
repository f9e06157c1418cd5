import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { currentCommit } from './adapters/commit.ts';
import { COMMON_FLAGS, runVerb } from './adapters/entry.ts';
import { openEnvironment } from './adapters/environment.ts';
import { readPipeline } from './adapters/files.ts';
import { isDead, sleep, thisRun } from './adapters/process.ts';
import { progressLine } from './adapters/progress.ts';
import { bucketTarget } from './adapters/sample-target.ts';
import { readDefinitions } from './commands/definitions.ts';
import { demo } from './commands/demo.ts';
import { UserError } from './core/model/exit.ts';
import { supermarketFiles } from './samples/supermarket.ts';

await runVerb(
  {
    name: 'demo',
    about: 'The main job on the local lake from nothing: sample data, apply, loads, checks, five answers.',
    flags: { dir: COMMON_FLAGS.dir },
  },
  async (args, signal) => {
    const dir = args.text('dir') ?? '.';
    const definitions = readDefinitions(await readPipeline(dir));
    const open = await openEnvironment(definitions.lake, 'local');
    try {
      const landing = open.environment.buckets.landing;
      if (landing === undefined)
        throw new UserError('the environment local has no landing bucket', 'name one in pipeline/lake.yaml');
      return await demo({
        ...open,
        definitions,
        signal,
        now: Date.now,
        nonce: () => randomBytes(5).toString('hex').slice(0, 8),
        sleep,
        holder: { run: thisRun(), host: hostname(), pid: process.pid },
        abandoned: isDead,
        commit: await currentCommit(dir),
        say: (line) => void process.stdout.write(`${line}\n`),
        progress: progressLine(),
        files: supermarketFiles({ seed: '1', from: '2025-03-19', to: '2025-03-23', rows: undefined }),
        target: bucketTarget(open.s3, landing),
        today: new Date().toISOString().slice(0, 10),
      });
    } finally {
      await open.close();
    }
  },
);
