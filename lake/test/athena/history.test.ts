import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { QueryRecord, QueryState } from '../../src/athena/execution.ts';
import { openHistory } from '../../src/athena/history.ts';
import { interruptedExecution } from '../../src/athena/runner.ts';
import { ENGINE_VERSION } from '../../src/athena/settings.ts';

const dir = mkdtempSync(join(tmpdir(), 'weir-history-'));
after(() => rmSync(dir, { recursive: true, force: true }));

const LIMITS = { queries: 100, bytes: 1_000_000 };
const open = (name: string, limits = LIMITS) => openHistory(join(dir, name), interruptedExecution, limits);

function record(id: number, state: QueryState = 'SUCCEEDED', query = 'SELECT 1'): QueryRecord {
  return {
    token: `token-${id}`,
    digest: 'd',
    base: 's3://b/',
    execution: {
      QueryExecutionId: `id-${id}`,
      Query: query,
      StatementType: 'DML',
      SubstatementType: 'SELECT',
      ResultConfiguration: {},
      QueryExecutionContext: {},
      Status: { State: state, SubmissionDateTime: id },
      Statistics: {},
      WorkGroup: id % 2 ? 'odd' : 'even',
      EngineVersion: ENGINE_VERSION,
    },
  };
}

describe('the history of queries', () => {
  it('keeps the newest within its limit, forgets the tokens of the others, and stays small on disk', () => {
    const history = open('bounded');
    for (let id = 0; id < 2000; id++) {
      history.add(record(id, 'QUEUED'));
      history.finish(record(id));
    }
    const even = [...history.ids('even')];
    assert.equal(even[0], 'id-1998');
    assert.ok(even.length >= 50 && even.length <= 63, `${even.length} queries of one workgroup`);
    assert.equal(history.get('id-5'), undefined);
    assert.equal(history.findToken('token-5'), undefined);
    assert.equal(history.findToken('token-1999')?.execution.QueryExecutionId, 'id-1999');
    assert.ok(statSync(join(dir, 'bounded')).size < 200_000);
    history.close();
    const again = open('bounded');
    assert.deepEqual([...again.ids('even')], even);
    assert.deepEqual(again.get('id-1998'), record(1998));
    again.close();
  });

  it('never forgets a query at work, and bounds its bytes', () => {
    const history = open('large');
    history.add(record(0, 'RUNNING'));
    for (let id = 1; id < 60; id++) {
      history.add(record(id, 'QUEUED', 'x'.repeat(100_000)));
      history.finish(record(id, 'SUCCEEDED', 'x'.repeat(100_000)));
    }
    assert.equal(history.get('id-0')?.execution.Status.State, 'RUNNING');
    assert.ok(statSync(join(dir, 'large')).size < 4_000_000);
    assert.equal(history.get('id-59')?.execution.Query.length, 100_000);
    history.close();
  });

  it('ends what a kill left at work, and drops a torn line', () => {
    const history = open('killed');
    history.add(record(1, 'QUEUED'));
    history.progress(record(1, 'RUNNING'));
    history.add(record(2, 'QUEUED'));
    history.finish(record(2));
    // Not closed: the process died here, half-way through a line.
    appendFileSync(join(dir, 'killed'), '0badc0de {"half":');
    const again = open('killed');
    const killed = again.get('id-1')?.execution;
    assert.equal(killed?.Status.State, 'FAILED');
    assert.match(killed?.Status.StateChangeReason ?? '', /crash or kill.*run it again/);
    assert.equal(again.get('id-2')?.execution.Status.State, 'SUCCEEDED');
    again.add(record(3));
    again.close();
    const third = open('killed');
    assert.deepEqual([third.get('id-1')?.execution, [...third.ids('odd')]], [killed, ['id-3', 'id-1']]);
    third.close();
  });
});
