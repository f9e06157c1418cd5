import type { CommentPort } from '../core/model/github.ts';

/** GitHub refuses comments of more characters than this. */
const LONGEST = 65_536;

export type CommentOutcome = 'created' | 'updated' | 'unchanged';

/**
 * Keeps one comment per environment: found by its hidden marker at the start and by a bot's authorship, so that nobody can plant one
 * to be overwritten; left alone where it says the same already.
 */
export async function keepComment(comments: CommentPort, environment: string, text: string): Promise<CommentOutcome> {
  const marker = `<!-- weir-plan:${environment} -->`;
  const body = clip(text.startsWith(marker) ? text : `${marker}\n${text}`, marker);
  const own = (await comments.list()).find((comment) => comment.byBot && comment.body.startsWith(marker));
  if (own === undefined) {
    await comments.create(body);
    return 'created';
  }
  if (own.body.trimEnd() === body.trimEnd()) return 'unchanged';
  await comments.update(own.id, body);
  return 'updated';
}

function clip(text: string, marker: string): string {
  if (text.length <= LONGEST) return text;
  const notice = '\n\n_Cut here: the whole plan is in the summary of the run._\n';
  // Cut at a line's end, and before a code point is split; the marker may stand at the end and must stay.
  const room = LONGEST - notice.length - marker.length - 1;
  const head = text.slice(0, text.lastIndexOf('\n', room));
  return head.includes(marker) ? head + notice : `${marker}\n${head}${notice}`;
}
