import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { runSummary } from '../../scripts/adapters/summary.ts';
import { tableLines } from '../../scripts/commands/load/report.ts';
import { previewLoad } from '../../scripts/commands/load.ts';
import { status } from '../../scripts/commands/status.ts';
import { csvFault, csvLine } from '../../scripts/core/load/index.ts';
import { AwsFault } from '../../scripts/core/model/fault.ts';
import { loadMarkdown } from '../../scripts/core/render/load-markdown.ts';
import { type Memory, type MemoryPorts, memoryPorts, putObject } from './memory.ts';
import { contextOf, DAYS, dropDay, run, stage, visible } from './stage.ts';

/** One object, whatever it is, keeps no other day from being loaded, and takes neither the machine's memory nor its time. */

let memory: Memory;
beforeEach(async () => {
  memory = await stage();
});

const ONLY = { tables: ['raw.partitions'] };

/** Ports of which S3 answers otherwise for one key. */
function answering(key: string, answer: () => { body: Uint8Array; etag: string }): MemoryPorts {
  const ports = memoryPorts(memory);
  const get: MemoryPorts['s3']['get'] = async (bucket, name, options) =>
    name === key ? answer() : ports.s3.get(bucket, name, options);
  return { ...ports, s3: { ...ports.s3, get } };
}

describe('an object that S3 does not give', () => {
  const said = (code: string, faultClass: AwsFault['faultClass']) =>
    new AwsFault({ faultClass, code, api: 's3:GetObject' }, `s3:GetObject: ${code}: no`, 'none');
  const own = [
    said('AccessDenied', 'denied'),
    said('InvalidObjectState', 'denied'),
    said('KMS.DisabledException', 'permanent'),
  ];
  for (const error of own) {
    test(`(${error.code}) is told, and the other days are loaded`, async () => {
      const ports = answering(`days/${DAYS[2]}/file.csv`, () => {
        throw error;
      });
      const [table] = (await run(memory, ports, {}, ONLY)).tables;
      assert.deepEqual([table!.state, table!.published], ['failed', 2]);
      assert.match(table!.errors[0]!.message, new RegExp(`days/${DAYS[2]}/file.csv cannot be read: .*${error.code}`));
      assert.equal(visible(memory, 'partitions')[DAYS[1]], 'b1 b2 b3');
    });
  }

  test('because of the credentials, or not now, ends the load of the table', async () => {
    for (const error of [said('ExpiredToken', 'denied'), said('SlowDown', 'passing')]) {
      const ports = answering(`days/${DAYS[2]}/file.csv`, () => {
        throw error;
      });
      const [table] = (await run(memory, ports, {}, ONLY)).tables;
      assert.deepEqual([table!.published, table!.errors.map(({ message }) => message)], [0, [error.message]]);
    }
  });
});

describe('a packed file that is a thousand times as large', () => {
  for (const letter of ['\n', ',', 'x', '\u0000']) {
    test(`and holds ${JSON.stringify(letter)} alone is told soon`, async () => {
      const body = gzipSync(Buffer.alloc(60_000_000, letter), { level: 9 });
      putObject(memory, `landing/days/${DAYS[2]}/file.csv.gz`, 'x'.repeat(body.length));
      const began = process.cpuUsage();
      const [table] = (
        await run(
          memory,
          answering(`days/${DAYS[2]}/file.csv.gz`, () => ({ body, etag: 'e' })),
          {},
          ONLY,
        )
      ).tables;
      const { user, system } = process.cpuUsage(began);
      assert.ok(user + system < 3_000_000, `${(user + system) / 1e6} s`);
      assert.equal(table!.published, 2);
      assert.match(table!.errors[0]!.message, /does not fit/);
      assert.ok(tableLines(table!).join('\n').length < 2_000);
    });
  }
});

test('a file that is one long line is told in few words', async () => {
  dropDay(memory, DAYS[2], 'x');
  putObject(memory, `landing/days/${DAYS[2]}/file.csv`, `${'secret,'.repeat(8_000)}\n`);
  const [table] = (await run(memory, memoryPorts(memory), {}, ONLY)).tables;
  assert.equal(table!.published, 2);
  assert.ok(table!.errors[0]!.message.length < 1_000);
});

test('lines are counted the same however many are empty', () => {
  const format = { kind: 'csv', header: 2, delimiter: ',', quote: '"', escape: '\\', serde: 'open' } as const;
  const text = `\ufeffa title\na,b\r\n\n\n1,2\r\n${'\n'.repeat(3_000_000)}3,4\n5`;
  assert.equal(csvLine(text, format as never, ['3', '4']), 3_000_006);
  assert.equal(csvLine(text, format as never, ['a', 'b']), undefined);
  assert.deepEqual(csvFault(text, format as never, ['a', 'b'], true)?.line, 3_000_007);
  assert.equal(csvFault(text, format as never, ['a', 'b'], false), undefined);
});

/** More of them than the stage's own tells apart. */
let chances = 0;
function nonce(): string {
  chances += 1;
  return String(chances).padStart(8, '0');
}

/** Ports whose engine cannot read the file of a day: each statement over that day fails. */
function unreadable(day: string, reason: string): { readonly ports: MemoryPorts; readonly failures: () => number } {
  const ports = memoryPorts(memory);
  let failures = 0;
  const wait: MemoryPorts['athena']['wait'] = async (queryId) => {
    const outcome = await ports.athena.wait(queryId);
    const { sql } = memory.queries.get(queryId)!;
    const [, from = '9', to = ''] = /BETWEEN DATE '(.*?)' AND DATE '(.*?)'/.exec(sql) ?? [];
    if (!sql.startsWith('CREATE TABLE') || from > day || to < day) return outcome;
    failures += 1;
    return { state: 'failed', queryId, reason, statistics: outcome.statistics };
  };
  return { ports: { ...ports, athena: { ...ports.athena, wait } }, failures: () => failures };
}

describe('a file that the engine cannot read', () => {
  for (const reason of [
    'HIVE_BAD_DATA: Malformed Parquet',
    'HIVE_CURSOR_ERROR: incorrect data check',
    'DIVISION_BY_ZERO: x',
  ]) {
    test(`(${reason}) leaves just its own day out`, async () => {
      const { ports, failures } = unreadable(DAYS[2], reason);
      const [table] = (await run(memory, ports, { nonce }, ONLY)).tables;
      assert.deepEqual([table!.state, table!.published], ['failed', 2]);
      assert.deepEqual(
        table!.errors.map(({ message }) => message),
        [`${DAYS[2]}: Athena ended the load statement: ${reason}`],
      );
      assert.ok(failures() <= 3, String(failures()));
      assert.equal(visible(memory, 'partitions')[DAYS[1]], 'b1 b2 b3');
      const [found] = await status(contextOf(memory, memoryPorts(memory)), ONLY.tables);
      assert.deepEqual(
        found!.failed.map(({ partition }) => partition),
        [DAYS[2]],
      );
    });
  }

  test('is not looked for where the statement is at fault, nor above the byte cap', async () => {
    const wrong = unreadable(DAYS[2], 'COLUMN_NOT_FOUND: line 1:1');
    assert.equal((await run(memory, wrong.ports, { nonce }, ONLY)).tables[0]!.published, 0);
    assert.equal(wrong.failures(), 1);
    const options = { ...ONLY, from: undefined, to: undefined, maxBytes: 1e12 };
    const [due] = await previewLoad(contextOf(memory, memoryPorts(memory)), options);
    const capped = unreadable(DAYS[2], 'HIVE_BAD_DATA: x');
    const [table] = (await run(memory, capped.ports, { nonce }, { ...ONLY, maxBytes: due!.bytes })).tables;
    assert.deepEqual([table!.published, capped.failures()], [0, 1]);
  });

  test('is looked for a few times only where no day can be read', async () => {
    for (let day = 1; day <= 28; day += 1) dropDay(memory, `2025-02-${String(day).padStart(2, '0')}`, 'x');
    const ports = memoryPorts(memory);
    let failures = 0;
    const wait: MemoryPorts['athena']['wait'] = async (queryId) => {
      const outcome = await ports.athena.wait(queryId);
      if (!memory.queries.get(queryId)!.sql.startsWith('CREATE TABLE')) return outcome;
      failures += 1;
      return { state: 'failed', queryId, reason: 'HIVE_BAD_DATA: x', statistics: outcome.statistics };
    };
    const [table] = (await run(memory, { ...ports, athena: { ...ports.athena, wait } }, { nonce }, ONLY)).tables;
    assert.equal(table!.state, 'failed');
    assert.ok(failures >= 20 && failures <= 40, String(failures));
  });
});

test('a summary of a hundred thousand backticks apart is written', () => {
  const lines = ['`x'.repeat(300_000)];
  assert.match(loadMarkdown([{ table: 't', state: 'failed', lines }], ''), /^```$/m);
});

test('a summary page that cannot be written is a warning', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'weir-summary-'));
  const before = process.env.GITHUB_STEP_SUMMARY;
  try {
    process.env.GITHUB_STEP_SUMMARY = join(dir, 'none/summary.md');
    await runSummary('text');
  } finally {
    if (before === undefined) delete process.env.GITHUB_STEP_SUMMARY;
    else process.env.GITHUB_STEP_SUMMARY = before;
    await rm(dir, { recursive: true });
  }
});

test('mode files: a file that the engine has no word for is set aside, and the others are loaded', async () => {
  const ports = memoryPorts(memory);
  const wait: MemoryPorts['athena']['wait'] = async (queryId) => {
    const outcome = await ports.athena.wait(queryId);
    const { sql } = memory.queries.get(queryId)!;
    if (!sql.includes('events/e3.csv')) return outcome;
    return { state: 'failed', queryId, reason: 'GENERIC_INTERNAL_ERROR: gzip', statistics: outcome.statistics };
  };
  const broken = { ...ports, athena: { ...ports.athena, wait } };
  const [table] = (await run(memory, broken, { nonce }, { tables: ['raw.files'] })).tables;
  assert.match(
    table!.errors.map(({ message }) => message).join(),
    /^s3:\/\/landing\/events\/e3\.csv: .*GENERIC_INTERNAL_ERROR/,
  );
  assert.deepEqual(visible(memory, 'files'), { d1: 'd1:A', d2: 'd2:c', d3: 'd3:B' });
});
