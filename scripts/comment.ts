import { readFile } from 'node:fs/promises';
import { COMMON_FLAGS, runVerb } from './adapters/entry.ts';
import { pullRequestComments } from './adapters/github.ts';
import { keepComment } from './commands/comment.ts';
import { EXIT, UserError } from './core/model/exit.ts';

await runVerb(
  {
    name: 'comment',
    about: 'Keeps one comment with the plan on a pull request.',
    flags: {
      env: COMMON_FLAGS.env,
      body: { type: 'string', value: 'FILE', about: 'markdown file with the comment' },
      'pull-request': { type: 'string', value: 'NUMBER', about: 'number of the pull request' },
    },
  },
  async (args) => {
    const path = args.text('body');
    const number = Number(args.text('pull-request'));
    if (path === undefined || !Number.isSafeInteger(number) || number < 1) {
      throw new UserError(
        '--body and --pull-request are needed',
        'give the markdown file and the number of the pull request',
      );
    }
    const text = await readFile(path, 'utf8').catch((error: Error) => {
      throw new UserError(`cannot read ${path}: ${error.message}`, 'run plan with --markdown first');
    });
    const outcome = await keepComment(pullRequestComments(number), args.text('env') ?? 'local', text);
    process.stdout.write(`comment ${outcome}\n`);
    return EXIT.done;
  },
);
