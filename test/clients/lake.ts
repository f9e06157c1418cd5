import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLakeProcess } from '../lake-process.ts';

export interface RunningLake {
  readonly url: string;
  readonly dir: string;
  /** What an AWS client needs to be told, and nothing that this machine's user has set for it. */
  readonly env: NodeJS.ProcessEnv;
  /** Ends the lake and removes its folder. */
  stop(): Promise<void>;
  /** Ends the lake and leaves its folder. */
  pause(): Promise<void>;
}

/** Starts a local lake as a process of its own, on a free port unless told, and in a new folder unless told. */
export async function startLake(more: readonly string[] = [], folder?: string): Promise<RunningLake> {
  const dir = folder ?? (await mkdtemp(join(tmpdir(), 'weir-clients-')));
  const { url, stop } = await startLakeProcess(join(dir, 'lake'), more);
  return {
    url,
    dir,
    env: clientEnvironment(url, dir),
    pause: stop,
    stop: async () => {
      await stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function clientEnvironment(url: string, dir: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(inherited),
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_CONFIG_FILE: join(dir, 'no-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(dir, 'no-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    PYTHONDONTWRITEBYTECODE: '1',
  };
}
