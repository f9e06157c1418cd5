import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMON_FLAGS, runVerb, type Verb } from './adapters/entry.ts';
import { readPipeline, writePipelineFile } from './adapters/files.ts';
import { compile, type OpenLake, openLake } from './adapters/lake.ts';
import { type Validation, validate } from './commands/validate.ts';
import { EXIT } from './core/model/exit.ts';
import { renderAnnotation, renderFinding } from './core/render/findings.ts';
import { plural } from './core/render/text.ts';

const VERB: Verb = {
  name: 'validate',
  about: 'Finds everything that is wrong with the definitions below pipeline/, offline.',
  flags: {
    fix: { type: 'boolean', about: 'format SQL and YAML, and write the types of view columns' },
    'no-compile': { type: 'boolean', about: 'do not compile the SELECTs on an empty local lake' },
    json: COMMON_FLAGS.json,
    dir: COMMON_FLAGS.dir,
  },
  examples: ['npm run validate', 'npm run validate -- --fix', 'npm run validate -- --json'],
};

await runVerb(VERB, async (args, signal) => {
  const dir = args.text('dir') ?? '.';
  const scratch = await mkdtemp(join(tmpdir(), 'weir-validate-'));
  let lake: OpenLake | undefined;
  try {
    const result = await validate(
      {
        read: () => readPipeline(dir),
        write: (path, text) => writePipelineFile(dir, path, text),
        compiler: async () => {
          if (args.on('no-compile')) return undefined;
          lake ??= await openLake({ dir: scratch });
          const url = lake?.url;
          return url === undefined ? undefined : (request) => compile(url, request, signal);
        },
      },
      { today: new Date().toISOString().slice(0, 10), fix: args.on('fix') },
    );
    process.stdout.write(args.on('json') ? json(result) : text(result));
    return result.findings.some((finding) => finding.severity === 'error') ? EXIT.error : EXIT.done;
  } finally {
    await lake?.stop();
    await rm(scratch, { recursive: true, force: true });
  }
});

function json({ texts: _, ...result }: Validation): string {
  return `${JSON.stringify({ ...result, compiled: result.compiled ?? null }, undefined, 2)}\n`;
}

function text(result: Validation): string {
  const lines = result.findings.map((finding) => renderFinding(finding, result.texts.get(finding.place.path)));
  const annotations = process.env.GITHUB_ACTIONS === 'true' ? result.findings.map(renderAnnotation) : [];
  const fixed = result.fixed.map((path) => `fixed ${path}\n`);
  const errors = result.findings.filter((finding) => finding.severity === 'error').length;
  const warnings = result.findings.length - errors;
  const compiled =
    result.compiled === undefined
      ? 'SELECTs not compiled: the local lake is not installed or not asked'
      : `${result.compiled} SELECTs compiled`;
  const what = `${result.files} files, ${result.tables} tables, ${result.views} views; ${compiled}`;
  const summary = `${plural(errors, 'error')}, ${plural(warnings, 'warning')} (${what})\n`;
  return [...fixed, ...lines, ...annotations, summary].join('');
}
