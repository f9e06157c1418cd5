import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepComment } from '../../scripts/commands/comment.ts';
import type { Comment, CommentPort } from '../../scripts/core/model/github.ts';

function port(comments: Comment[]): CommentPort {
  return {
    list: async () => comments,
    create: async (body) => {
      comments.push({ id: comments.length + 1, author: 'github-actions[bot]', byBot: true, body });
    },
    update: async (id, body) => {
      const at = comments.findIndex((comment) => comment.id === id);
      comments[at] = { ...comments[at]!, body };
    },
  };
}

test('one comment per environment is created, left alone, then updated', async () => {
  const comments: Comment[] = [];
  assert.equal(await keepComment(port(comments), 'prod', 'first'), 'created');
  assert.equal(await keepComment(port(comments), 'prod', 'first'), 'unchanged');
  assert.equal(await keepComment(port(comments), 'prod', 'second'), 'updated');
  assert.equal(await keepComment(port(comments), 'dev', 'other'), 'created');
  assert.deepEqual(
    comments.map((comment) => comment.body),
    ['<!-- weir-plan:prod -->\nsecond', '<!-- weir-plan:dev -->\nother'],
  );
});

test("a person's comment with the marker is not overwritten", async () => {
  const planted: Comment = { id: 1, author: 'someone', byBot: false, body: '<!-- weir-plan:prod -->\nplanted' };
  const comments = [planted];
  assert.equal(await keepComment(port(comments), 'prod', 'plan'), 'created');
  assert.equal(comments[0], planted);
});

test("the marker of another environment within a plan's text makes no comment its own", async () => {
  const comments: Comment[] = [];
  await keepComment(port(comments), 'prod', 'a description with <!-- weir-plan:dev -->');
  assert.equal(await keepComment(port(comments), 'dev', 'plan'), 'created');
  assert.equal(comments.length, 2);
});

test('a body over the limit is cut and says so, and its marker stays', async () => {
  const comments: Comment[] = [];
  await keepComment(port(comments), 'prod', 'one line of the plan\n'.repeat(10_000));
  const body = comments[0]!.body;
  assert.ok(body.length <= 65_536);
  assert.ok(body.startsWith('<!-- weir-plan:prod -->'));
  assert.match(body, /Cut here: the whole plan is in the summary of the run/);
});
