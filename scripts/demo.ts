import { COMMON_FLAGS, runVerb } from './adapters/entry.ts';
import { openEnvironment } from './adapters/environment.ts';
import { readPipeline } from './adapters/files.ts';
import { surroundings } from './adapters/load-context.ts';
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
        ...(await surroundings(open, dir, false)),
        definitions,
        signal,
        files: supermarketFiles({ seed: '1', from: '2025-03-19', to: '2025-03-23', rows: undefined }),
        target: bucketTarget(open.s3, landing),
        today: new Date().toISOString().slice(0, 10),
      });
    } finally {
      await open.close();
    }
  },
);
