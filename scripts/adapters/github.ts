import { getOctokit } from '@actions/github';
import { UserError } from '../core/model/exit.ts';
import type { CommentPort } from '../core/model/github.ts';

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
      const comments = await octokit.paginate(octokit.rest.issues.listComments, { ...issue, per_page: 100 });
      return comments.map((comment) => ({
        id: comment.id,
        author: comment.user?.login ?? '',
        byBot: comment.user?.type === 'Bot',
        body: comment.body ?? '',
      }));
    },
    create: async (body) => {
      await octokit.rest.issues.createComment({ ...issue, body });
    },
    update: async (id, body) => {
      await octokit.rest.issues.updateComment({ owner, repo, comment_id: id, body });
    },
  };
}
