import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as athenaSdk from '@aws-sdk/client-athena';
import * as glueSdk from '@aws-sdk/client-glue';
import { createAthenaService } from '../../src/athena/service.ts';
import { createCatalog } from '../../src/catalog/store.ts';
import { createGlueService } from '../../src/glue/service.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { play, readScenarios, type Send, sendBy } from '../glue/scenarios.ts';
import { ACCOUNT, CLIENT, serveJson } from '../glue/serve-json.ts';
import { scriptedEngine } from './scripted-engine.ts';

const dir = mkdtempSync(join(tmpdir(), 'weir-athena-settings-'));
let send: Send;
let stop: () => Promise<void>;

async function open(): Promise<void> {
  const store = openFileStore(dir);
  const catalog = await createCatalog(join(dir, 'catalog'), { account: ACCOUNT });
  const service = await createAthenaService({ dir: join(dir, 'athena'), catalog, store, engine: scriptedEngine() });
  const server = await serveJson(service, createGlueService({ catalog }));
  const athena = new athenaSdk.AthenaClient({ ...CLIENT, endpoint: server.url });
  const glue = new glueSdk.GlueClient({ ...CLIENT, endpoint: server.url });
  send = (call, input) =>
    call.startsWith('Glue.') ? sendBy(glueSdk, glue, call.slice(5), input) : sendBy(athenaSdk, athena, call, input);
  stop = async () => {
    athena.destroy();
    glue.destroy();
    await service.close();
    await server.stop();
    await catalog.close();
    await store.close();
  };
}

before(open);
after(async () => {
  await stop();
  rmSync(dir, { recursive: true, force: true });
});

describe('Athena beside its queries', () => {
  for (const { scenario, steps } of readScenarios(new URL('./settings.cases.yaml', import.meta.url))) {
    it(scenario, () => play(send, steps, new Map()));
  }

  it('all of it survives a restart', async () => {
    const words = new Map<string, string>();
    await play(
      send,
      [
        { call: 'CreateWorkGroup', input: { Name: 'kept', Tags: [{ Key: 'a', Value: 'b' }] } },
        {
          call: 'CreatePreparedStatement',
          input: { StatementName: 's', WorkGroup: 'kept', QueryStatement: 'SELECT 1' },
        },
        {
          call: 'CreateNamedQuery',
          input: { Name: 'n', Database: 'd', QueryString: 'SELECT 1', WorkGroup: 'kept' },
          token: { id: 'NamedQueryId' },
        },
      ],
      words,
    );
    await stop();
    await open();
    const ResourceARN = `arn:aws:athena:us-east-1:${ACCOUNT}:workgroup/kept`;
    await play(
      send,
      [
        { call: 'ListTagsForResource', input: { ResourceARN }, answer: { Tags: [{ Key: 'a', Value: 'b' }] } },
        {
          call: 'ListPreparedStatements',
          input: { WorkGroup: 'kept' },
          answer: { PreparedStatements: [{ StatementName: 's' }] },
        },
        {
          call: 'GetNamedQuery',
          input: { NamedQueryId: '$id' },
          answer: { NamedQuery: { Name: 'n', WorkGroup: 'kept' } },
        },
      ],
      words,
    );
  });
});
