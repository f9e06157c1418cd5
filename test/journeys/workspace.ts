import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLakeProcess } from '../lake-process.ts';
import { startWarmProcess } from './warm.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A repository of its own in a temporary folder, on an endpoint, with databases and buckets nobody else has. */
export interface Workspace {
  readonly dir: string;
  readonly prefix: string;
  readonly buckets: { readonly landing: string; readonly raw: string; readonly results: string };
  readonly endpoint: string;
  /** Runs a verb in the process that all verbs of the workspace share, one after the other. */
  run(verb: string, ...args: string[]): Promise<Run>;
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
  close(): Promise<void>;
}

/** Copies the shop's definitions; the endpoint is AWS_ENDPOINT_URL, or a local lake that is started for it. */
export async function makeWorkspace(): Promise<Workspace> {
  // A space in the path, because somebody's has one.
  const dir = join(await mkdtemp(join(tmpdir(), 'weir-journey-')), 'my lake');
  const id = Math.random().toString(36).slice(2, 8);
  const prefix = `j${id}_`;
  const buckets = { landing: `weir-j${id}-landing`, raw: `weir-j${id}-raw`, results: `weir-j${id}-results` };
  await mkdir(dir, { recursive: true });
  await cp(join(import.meta.dirname, 'shop'), join(dir, 'pipeline'), { recursive: true });
  await writeFile(join(dir, 'pipeline/lake.yaml'), lakeYaml(prefix, buckets, id));
  const given = process.env.AWS_ENDPOINT_URL;
  const lake = given ? undefined : await startLakeProcess(join(dir, '.lake'));
  const endpoint = given ?? lake!.url;
  const env = { ...process.env, AWS_ENDPOINT_URL: endpoint, NO_COLOR: '1' };
  const at = (path: string): string => join(dir, 'pipeline', path);
  const verbs = startWarmProcess(env);
  return {
    dir,
    prefix,
    buckets,
    endpoint,
    run: (verb, ...args) => verbs.run({ dir, script: join(ROOT, `scripts/${verb}.ts`), args }),
    read: (path) => readFile(at(path), 'utf8'),
    write: async (path, text) => {
      await mkdir(join(at(path), '..'), { recursive: true });
      await writeFile(at(path), text);
    },
    remove: (path) => rm(at(path), { recursive: true }),
    close: async () => {
      verbs.stop();
      await lake?.stop();
      await rm(join(dir, '..'), { recursive: true, force: true });
    },
  };
}

function lakeYaml(prefix: string, buckets: Workspace['buckets'], id: string): string {
  return `timezone: UTC
environments:
  local:
    local: true
    region: us-east-1
    prefix: ${prefix}
    buckets: { landing: ${buckets.landing}, raw: ${buckets.raw}, results: ${buckets.results} }
    workgroups: { query: weir-j${id}-query, load: weir-j${id}-load }
databases:
  shop_landing: { description: What the shop drops }
  shop_raw: { description: Typed and checked }
  shop_serving: { description: For analysts }
`;
}

/** Runs a TypeScript file as its own process. */
export function runNode(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  tsx = import.meta.resolve('tsx'),
): Promise<Run> {
  const child = spawn(process.execPath, ['--import', tsx, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr })));
}
