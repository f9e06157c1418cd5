import { getOctokit } from '@actions/github';
import { UserError } from '../core/model/exit.ts';
import type { CommentPort } from '../core/model/github.ts';
import { withoutSecrets } from './redact.ts';

/** Comments of one pull request of the repository that the run belongs to (GITHUB_REPOSITORY, GITHUB_TOKEN). */
export function pullRequestComments(number: number, env: NodeJS.ProcessEnv = process.env): CommentPort {
  const token = env.GITHUB_TOKEN;
  const [owner, repo] = (env.GITHUB_REPOSITORY ?? '').split('/');
  if (!token || !owner || !repo) {
    throw new UserError(
      'GITHUB_TOKEN and GITHUB_REPOSITORY are not set',
      'run this verb in a workflow, with the job permission pull-requests: write',
    );
  }
  const octokit = getOctokit(token, env.GITHUB_API_URL ? { baseUrl: env.GITHUB_API_URL } : {});
  const issue = { owner, repo, issue_number: number };
  return {
    list: async () => {
      const all = () => octokit.paginate(octokit.rest.issues.listComments, { ...issue, per_page: 100 });
      const comments = await asked(`the comments of pull request ${number}`, all);
      return comments.map((comment) => ({
        id: comment.id,
        author: comment.user?.login ?? '',
        byBot: comment.user?.type === 'Bot',
        body: comment.body ?? '',
      }));
    },
    create: async (body) => {
      await asked('a new comment', () => octokit.rest.issues.createComment({ ...issue, body }));
    },
    update: async (id, body) => {
      await asked(`comment ${id}`, () => octokit.rest.issues.updateComment({ owner, repo, comment_id: id, body }));
    },
  };
}

/** What GitHub refuses is told in its own words, with the status. */
async function asked<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const { status, message } = error as { readonly status?: unknown; readonly message: string };
    if (typeof status !== 'number') throw error;
    throw new UserError(
      `GitHub answers ${status} for ${what}: ${withoutSecrets(message)}`,
      'check the repository, the number and the job permission pull-requests: write; or run the job again',
      { cause: error },
    );
  }
}
