import { COMMON_FLAGS, runVerb } from './adapters/entry.ts';
import { openEnvironment } from './adapters/environment.ts';
import { readPipeline } from './adapters/files.ts';
import { writeSnapshot } from './adapters/snapshot.ts';
import { readActual } from './commands/actual.ts';
import { readDefinitions } from './commands/definitions.ts';
import { EXIT } from './core/model/exit.ts';
import { snapshotFiles } from './core/plan/snapshot.ts';

await runVerb(
  {
    name: 'snapshot',
    about: 'Saves the catalog as files without any rows, one an object, so that plans need no credentials.',
    flags: {
      out: { type: 'string', value: 'DIR', about: 'folder to write', default: '.weir/catalog' },
      ...COMMON_FLAGS,
    },
    examples: ['npm run snapshot -- --env prod --out .weir/catalog'],
  },
  async (args) => {
    const definitions = readDefinitions(await readPipeline(args.text('dir') ?? '.'));
    const out = args.text('out') ?? '.weir/catalog';
    const open = await openEnvironment(definitions.lake, args.text('env') ?? 'local');
    try {
      const lake = await readActual(open.glue, definitions, open.environment);
      await writeSnapshot(out, snapshotFiles(lake, open.environment.name));
      const result = { out, databases: lake.databases.length, tables: lake.tables.length };
      const told = `Saved ${result.databases} databases and ${result.tables} tables and views to ${out}\n`;
      process.stdout.write(args.on('json') ? `${JSON.stringify(result, null, 2)}\n` : told);
      return EXIT.done;
    } finally {
      await open.close();
    }
  },
);
