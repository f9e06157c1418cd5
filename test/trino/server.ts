import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { madeOnce } from '../clients/cache.ts';
import { must } from '../clients/run.ts';
import { trinoAsk } from './statements.ts';

const VERSION = '476';
const OLDEST_JAVA = 24;
const PLUGINS = ['hive', 'tpch', 'tpcds'];

export interface Trino {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a real Trino on a free port; its catalog `awsdatacatalog` has the lake as Glue and as S3. */
export async function startTrino(lakeUrl: string): Promise<Trino> {
  const [home, java, port] = [await trinoHome(), await javaHome(), await freePort()];
  const run = await mkdtemp(join(tmpdir(), 'weir-trino-'));
  await writeSettings(run, port, lakeUrl);
  const child = spawn(join(home, 'bin/launcher'), [`--etc-dir=${join(run, 'etc')}`, 'run'], {
    env: { ...process.env, JAVA_HOME: java, PATH: `${join(java, 'bin')}:${process.env.PATH}` },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // the launcher starts Java as another process: both end together, as one group
  });
  const log = join(run, 'log');
  const written = createWriteStream(log);
  child.stdout.pipe(written);
  child.stderr.pipe(written);
  let ended = false;
  const url = `http://127.0.0.1:${port}`;
  const end = new Promise<void>((resolve) => {
    child.once('close', () => {
      ended = true;
      resolve();
    });
  });
  const stop = async () => {
    if (!ended) process.kill(-child.pid!, 'SIGTERM');
    await end;
    await rm(run, { recursive: true, force: true });
  };
  for (let second = 0; second < 180; second += 1) {
    if (ended) break;
    const started = existsSync(log) && readFileSync(log, 'utf8').includes('SERVER STARTED');
    if (started && (await answers(url))) return { url, stop };
    await wait(1000);
  }
  const said = readFileSync(log, 'utf8').slice(-4000);
  await stop();
  throw new Error(`Trino did not start:\n${said}`);
}

/** A server that has started may still know no node, not even itself, to run a query on. */
async function answers(url: string): Promise<boolean> {
  return 'rows' in (await trinoAsk(url, 'tiny')('SELECT count(*) FROM tpch.tiny.region'));
}

/** WEIR_TRINO_HOME, or the server and three of its plugins out of the archive that Maven fetches (about 820 MB). */
async function trinoHome(): Promise<string> {
  const given = process.env.WEIR_TRINO_HOME;
  if (given) return given;
  return madeOnce(`trino-${VERSION}`, async (folder) => {
    const artifact = `io.trino:trino-server:${VERSION}:tar.gz`;
    await must('mvn', ['--quiet', '--batch-mode', 'dependency:get', `-Dartifact=${artifact}`, '-Dtransitive=false']);
    const repository = process.env.WEIR_MAVEN_REPOSITORY ?? join(homedir(), '.m2/repository');
    const name = `trino-server-${VERSION}`;
    const archive = join(repository, `io/trino/trino-server/${VERSION}/${name}.tar.gz`);
    // Taken out whole: files that several plugins have are links to the first of them.
    await must('tar', ['xzf', archive, '-C', folder, '--strip-components=1']);
    for (const plugin of await readdir(join(folder, 'plugin')))
      if (!PLUGINS.includes(plugin)) await rm(join(folder, 'plugin', plugin), { recursive: true });
  });
}

async function javaHome(): Promise<string> {
  const installed = '/usr/lib/jvm';
  const candidates = [
    ...[process.env.JAVA_HOME, process.env.JAVA_HOME_25_X64, process.env.JAVA_HOME_24_X64].filter((home) => home),
    ...(existsSync(installed) ? readdirSync(installed).map((name) => join(installed, name)) : []),
  ] as string[];
  for (const home of candidates) {
    const release = join(home, 'release');
    const version = existsSync(release) ? /JAVA_VERSION="(\d+)/.exec(readFileSync(release, 'utf8'))?.[1] : undefined;
    if (Number(version) >= OLDEST_JAVA) return home;
  }
  throw new Error(`Trino ${VERSION} needs Java ${OLDEST_JAVA} or newer: install a JDK and set JAVA_HOME to it`);
}

export function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function writeSettings(run: string, port: number, lakeUrl: string): Promise<void> {
  await mkdir(join(run, 'etc/catalog'), { recursive: true });
  const java = `-server -Xmx2G -XX:+UseG1GC -XX:TieredStopAtLevel=1 -Djdk.attach.allowAttachSelf=true -Dfile.encoding=UTF-8
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow`;
  const files: Readonly<Record<string, string>> = {
    'node.properties': `node.environment=test\nnode.id=one\nnode.internal-address=127.0.0.1\nnode.bind-ip=127.0.0.1\nnode.data-dir=${join(run, 'data')}`,
    'jvm.config': java.split(/\s+/).join('\n'),
    'config.properties': `coordinator=true
node-scheduler.include-coordinator=true
http-server.http.port=${port}
discovery.uri=http://127.0.0.1:${port}`,
    'catalog/tpch.properties': 'connector.name=tpch\ntpch.column-naming=STANDARD\ntpch.double-type-mapping=DECIMAL',
    'catalog/tpch_double.properties': 'connector.name=tpch\ntpch.column-naming=STANDARD',
    'catalog/tpcds.properties': 'connector.name=tpcds',
    'catalog/awsdatacatalog.properties': `connector.name=hive
hive.metastore=glue
hive.metastore.glue.region=us-east-1
hive.metastore.glue.endpoint-url=${lakeUrl}
hive.metastore.glue.aws-access-key=local
hive.metastore.glue.aws-secret-key=local
fs.native-s3.enabled=true
s3.endpoint=${lakeUrl}
s3.region=us-east-1
s3.path-style-access=true
s3.aws-access-key=local
s3.aws-secret-key=local
hive.recursive-directories=true
hive.partition-projection-enabled=true
hive.non-managed-table-writes-enabled=true
hive.max-partitions-per-writers=500`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(run, 'etc', name), `${text}\n`);
}
