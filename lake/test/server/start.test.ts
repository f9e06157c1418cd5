import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type LakeOptions, startLake } from '../../src/index.ts';
import { raw, temporaryFolder } from './started.ts';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'weir-lake.js');
const INDEX = join(import.meta.dirname, '..', '..', 'src', 'index.ts');
const running = new Set<ChildProcess>();
after(() => {
  for (const child of running) child.kill('SIGKILL');
});

interface Run {
  readonly child: ChildProcess;
  /** Standard output so far. */
  readonly out: () => string;
  readonly err: () => string;
  readonly line: Promise<string>;
  readonly ended: Promise<number | null>;
}

function run(...args: string[]): Run {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let [out, err] = ['', ''];
  const ended = new Promise<number | null>((done) => child.on('exit', (code) => setTimeout(() => done(code), 20)));
  const line = new Promise<string>((done) => {
    child.stdout!.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes('\n')) done(out);
    });
    void ended.then(() => done(out));
  });
  child.stderr!.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return { child, out: () => out, err: () => err, line, ended };
}

async function busyPort(): Promise<{ port: number; close: () => void }> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.on('listening', done));
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

function urlIn(line: string): string {
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
  assert.ok(url, `no address in: ${line}`);
  return url;
}

describe('the command', { concurrency: true }, () => {
  it('prints one line with the address, serves, and ends in order on SIGTERM and SIGINT', async () => {
    const ends = async (signal: 'SIGTERM' | 'SIGINT') => {
      const dir = temporaryFolder();
      const lake = run('--port', '0', '--dir', dir);
      const url = urlIn(await lake.line);
      assert.equal((await raw(url, 'GET', '/_lake/health')).status, 200);
      lake.child.kill(signal);
      assert.equal(await lake.ended, 0);
      assert.equal(lake.out().trimEnd().split('\n').length, 1);
      assert.equal(lake.err(), '');
      assert.equal(existsSync(join(dir, 'lake.lock')), false);
    };
    await Promise.all([ends('SIGTERM'), ends('SIGINT')]);
  });

  it('says that another process serves the folder, and where', async () => {
    const dir = temporaryFolder();
    const first = run('--port', '0', '--dir', dir);
    const url = urlIn(await first.line);
    const second = run('--port', '0', '--dir', dir);
    assert.equal(await second.ended, 0);
    assert.match(second.out(), /already served/);
    assert.equal(urlIn(second.out()), url);
    const third = run('--port', '1', '--dir', dir);
    assert.equal(await third.ended, 1);
    assert.match(third.err(), /already served at http:.*: use that address, .*\n$/);
    first.child.kill('SIGKILL');
    await first.ended;
    assert.equal(existsSync(join(dir, 'lake.lock')), true);
    const fourth = run('--port', '0', '--dir', dir);
    assert.match(await fourth.line, / is served at /);
    fourth.child.kill('SIGTERM');
    assert.equal(await fourth.ended, 0);
  });

  it('goes on for a process that joined, until that one leaves too', async () => {
    const dir = temporaryFolder();
    const lake = await startLake({ dir });
    const script =
      "const { startLake } = await import(process.argv[1]); const lake = await startLake({ dir: process.argv[2] }); console.log(lake.joined); process.stdin.on('data', () => lake.stop())";
    const guest = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, INDEX, dir], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    running.add(guest);
    assert.equal(
      await new Promise((done) => guest.stdout.once('data', (line: Buffer) => done(line.toString()))),
      'true\n',
    );
    let stopped = false;
    const stopping = lake.stop().then(() => {
      stopped = true;
    });
    await new Promise((done) => setTimeout(done, 100));
    assert.deepEqual([stopped, (await raw(lake.url, 'GET', '/_lake/health')).status], [false, 200]);
    guest.stdin.write('leave');
    await stopping;
    await assert.rejects(raw(lake.url, 'GET', '/_lake/health'));
    guest.kill();
  });

  it('ends with one line and the cure on a user’s mistake', async () => {
    const { port, close } = await busyPort();
    const mistakes = [
      {
        process: run('--port', String(port), '--dir', temporaryFolder()),
        message: /port \d+ is in use: choose another/,
      },
      // Where there is no /proc its parent can't be made either.
      { process: run('--dir', '/proc/weir/lake'), message: /cannot use the folder .*: E\w+: choose one/ },
      { process: run('--colour', 'red'), message: /--colour.*see --help/ },
    ];
    for (const { process, message } of mistakes) {
      assert.equal(await process.ended, 1);
      assert.match(process.err(), message);
      assert.equal(process.err().trimEnd().split('\n').length, 1, process.err());
      assert.equal(process.out(), '');
    }
    close();
  });

  it('ends with npm where npm started it, even if npm was killed', async () => {
    const root = join(import.meta.dirname, '..', '..', '..');
    const npm = spawn('npm', ['run', '--silent', 'lake', '--', '--port', '0', '--dir', temporaryFolder()], {
      cwd: root,
    });
    running.add(npm);
    const url = await new Promise<string>((done) =>
      npm.stdout.once('data', (line: Buffer) => done(urlIn(line.toString()))),
    );
    assert.equal((await raw(url, 'GET', '/_lake/health')).status, 200);
    npm.kill('SIGKILL');
    const deadline = Date.now() + 10_000;
    while (await raw(url, 'GET', '/_lake/health').catch(() => undefined))
      assert.ok(Date.now() < deadline, 'it serves on');
  });
});

describe('startLake', () => {
  it('refuses with a cure what it cannot do', async () => {
    const { port, close } = await busyPort();
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const dir = temporaryFolder();
    const taken = temporaryFolder();
    for (const name of ['a.txt', 'b', 'c', 'd', '.gitignore']) writeFileSync(join(taken, name), '');
    const refused: [LakeOptions, RegExp][] = [
      [{ dir, port }, /^port \d+ is in use: choose another with --port/],
      [{ dir: join(file, 'x') }, /^cannot use the folder .*: ENOTDIR: choose one that can be written/],
      [
        { dir: taken },
        /^\S.* has other files in it \(a\.txt, b, c and 1 more\) and is no lake: give an empty or a new folder with --dir$/,
      ],
      [{ dir, host: '203.0.113.1' }, /no address of this machine: choose another with --host/],
    ];
    for (const [options, message] of refused) await assert.rejects(startLake(options), { name: 'LakeError', message });
    assert.equal(readdirSync(taken).length, 5, 'something was laid into the folder of another');
    // A refused start lets go of the folder.
    const lake = await startLake({ dir });
    assert.equal(lake.joined, false);
    await lake.stop();
    close();
  });

  it('starts within a second of the processor', async () => {
    const begun = process.cpuUsage();
    const lake = await startLake({ dir: temporaryFolder() });
    const { user, system } = process.cpuUsage(begun);
    const ms = (user + system) / 1_000;
    await lake.stop();
    assert.ok(ms < 1000, `${Math.round(ms)} ms`);
  });

  it('joins the lake that serves the folder; stopping the guest leaves the host', async () => {
    const dir = temporaryFolder();
    const [one, two] = await Promise.all([startLake({ dir }), startLake({ dir })]);
    const [host, guest] = one.joined ? [two, one] : [one, two];
    assert.deepEqual([host.joined, guest.joined, guest.url], [false, true, host.url]);
    await guest.stop();
    assert.equal((await raw(host.url, 'GET', '/_lake/health')).status, 200);
    await host.stop();
    await host.stop();
  });

  const stale: readonly (readonly [string, object | string])[] = [
    ['a process that is gone', { token: 'x', pid: 2 ** 22 + 1, host: hostname(), url: 'http://127.0.0.1:9' }],
    ['a number that another program has by now', { token: 'x', pid: 1, host: hostname(), url: 'http://127.0.0.1:9' }],
    ['nobody, being damaged', '{"tok'],
  ];
  for (const [who, lock] of stale)
    it(`takes over the lock of ${who}`, async () => {
      const dir = temporaryFolder();
      mkdirSync(dir, { recursive: true });
      writeFileSync(join(dir, 'lake.lock'), typeof lock === 'string' ? lock : JSON.stringify(lock));
      const lake = await startLake({ dir });
      assert.equal(lake.joined, false);
      assert.equal((JSON.parse(readFileSync(join(dir, 'lake.lock'), 'utf8')) as { url: string }).url, lake.url);
      await lake.stop();
    });

  it('is told of a lock from another machine', async () => {
    const dir = temporaryFolder();
    writeFileSync(
      join(dir, 'lake.lock'),
      JSON.stringify({ token: 'x', pid: 1, host: 'elsewhere', url: 'http://127.0.0.1:9' }),
    );
    await assert.rejects(startLake({ dir }), /held by process 1 on the machine elsewhere: stop it there/);
  });

  it('takes the place of one that is just stopping, once it has ended', async () => {
    const dir = temporaryFolder();
    const first = await startLake({ dir });
    const [, second] = await Promise.all([first.stop(), startLake({ dir })]);
    assert.equal(second.joined, false);
    assert.equal((await raw(second.url, 'GET', '/_lake/health')).status, 200);
    await second.stop();
  });
});
