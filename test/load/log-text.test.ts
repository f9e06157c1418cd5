import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { explain } from '../../scripts/adapters/entry.ts';
import type { OpenEnvironment } from '../../scripts/adapters/environment.ts';
import { surroundings } from '../../scripts/adapters/load-context.ts';
import { progressLine } from '../../scripts/adapters/progress.ts';
import { unsoundLines } from '../../scripts/commands/definitions.ts';
import { printGc } from '../../scripts/commands/gc.ts';
import { printAdoptions } from '../../scripts/commands/load/adopt.ts';
import { printPreview, type TablePreview } from '../../scripts/commands/load.ts';
import { printRollback } from '../../scripts/commands/rollback.ts';
import { DEFINITIONS } from './stage.ts';

/** Keys of objects, ids in ledgers and names of runs are anybody's text: none of it is a command of GitHub Actions or of a terminal. */

const HOSTILE = 'x\n::error::y\n  ::stop-commands::z ##[error]a\u001b[2J\u202e';
const COMMAND = /^\s*::|##\[|\u001b|\u202e/m;

const preview: TablePreview = {
  table: 'raw.files',
  mode: 'files',
  due: [{ partition: HOSTILE, reason: 'new', bytes: 1 }],
  waiting: [],
  loaded: 0,
  stale: [HOSTILE],
  held: [HOSTILE],
  leftOut: [HOSTILE],
  statements: 1,
  bytes: 1,
  dollars: 0,
};
const changed = [{ partition: HOSTILE, from: HOSTILE, to: HOSTILE }];
const folder = { location: HOSTILE, bytes: 1, newest: HOSTILE };
const kept = [{ ...folder, by: HOSTILE }];
const collected = { table: 't', folders: [folder], kept, bytes: 1, deleted: 0, failures: [HOSTILE] };
const place = { path: HOSTILE, line: 1, column: 1 };
const finding = { rule: 'r', severity: 'error', place, message: HOSTILE, cure: '' } as const;
const open = { environment: DEFINITIONS.lake.environments.local } as unknown as OpenEnvironment;

/** What is written to standard output meanwhile. */
async function written(work: () => void | Promise<void>): Promise<string> {
  const write = process.stdout.write;
  let text = '';
  process.stdout.write = ((chunk: string | Uint8Array, ...rest: []): boolean => {
    if (typeof chunk !== 'string') return write.call(process.stdout, chunk, ...rest);
    text += chunk;
    return true;
  }) as typeof write;
  try {
    await work();
  } finally {
    process.stdout.write = write;
  }
  return text;
}

const SAID: Readonly<Record<string, () => void | Promise<void>>> = {
  'load --dry-run': () => void printPreview([preview], false),
  'load --adopt': () =>
    void printAdoptions([{ table: 't', adopted: [HOSTILE], withoutSource: [HOSTILE] }], false, false),
  rollback: () => void printRollback({ table: 't', changed, dryRun: false, released: false }, false),
  gc: () => void printGc({ tables: [collected], deleted: true }, false),
  'what a load says': async () => (await surroundings(open, '.', false)).say(HOSTILE),
  'faults in definitions': () =>
    void process.stdout.write(unsoundLines({ broken: new Map([['t', [finding]]]), others: [] }).join('\n')),
  'a fault of Weir itself': () => void process.stdout.write(explain(new TypeError(HOSTILE))),
};

describe('no command is in', () => {
  for (const [name, work] of Object.entries(SAID)) {
    test(name, async () => {
      const text = await written(work);
      assert.match(text, /error/);
      assert.doesNotMatch(text, COMMAND);
    });
  }

  test('the line that tells how far it is', () => {
    const lines: string[] = [];
    const stream = {
      isTTY: true,
      columns: 200,
      write: (text: string) => lines.push(text),
    } as unknown as NodeJS.WriteStream;
    progressLine(stream)(HOSTILE);
    assert.doesNotMatch(lines.join('').replaceAll('\r\u001b[K', ''), /\u001b|\u202e/);
  });
});

test('a verb whose reader has left comes to its end all the same', async () => {
  const entry = new URL('../../scripts/adapters/entry.ts', import.meta.url).href;
  const code = `
    const { runVerb } = await import(${JSON.stringify(entry)});
    await runVerb({ name: 'x', about: '', flags: {} }, async () => {
      for (let at = 0; at < 3; at += 1) {
        process.stdout.write('x'.repeat(70_000));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      process.stderr.write('at its end');
      return 2;
    }, []);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], { stdio: 'pipe' });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  child.stdout.destroy();
  const [exit] = await once(child, 'close');
  assert.deepEqual([exit, said], [2, 'at its end']);
});
