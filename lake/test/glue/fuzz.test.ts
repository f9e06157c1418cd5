import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { createAthenaService } from '../../src/athena/service.ts';
import { createCatalog } from '../../src/catalog/store.ts';
import { createGlueService } from '../../src/glue/service.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { type JsonService, WireError } from '../../src/wire/json-service.ts';
import { scriptedEngine } from '../athena/scripted-engine.ts';
import { ACCOUNT } from './serve-json.ts';

const dir = mkdtempSync(join(tmpdir(), 'weir-fuzz-'));
const services: JsonService[] = [];

before(async () => {
  const store = openFileStore(dir);
  await store.createBucket('results');
  const catalog = await createCatalog(join(dir, 'catalog'), { account: ACCOUNT });
  await catalog.createTable('default', { Name: 't', PartitionKeys: [{ Name: 'p', Type: 'int' }] });
  services.push(createGlueService({ catalog }));
  services.push(await createAthenaService({ dir: join(dir, 'athena'), catalog, store, engine: scriptedEngine() }));
});
after(() => rmSync(dir, { recursive: true, force: true }));

/** Members that requests have, so that the random ones get past the first check. */
const NAMES = [
  ...[
    'DatabaseName',
    'TableName',
    'Name',
    'TableInput',
    'DatabaseInput',
    'PartitionInput',
    'PartitionInputList',
    'Values',
  ],
  ...[
    'PartitionValues',
    'Expression',
    'Segment',
    'MaxResults',
    'NextToken',
    'PartitionKeys',
    'StorageDescriptor',
    'Parameters',
  ],
  ...[
    'Columns',
    'Location',
    'VersionId',
    'Filters',
    'Key',
    'Value',
    'SortCriteria',
    'FieldName',
    'SearchText',
    'ResourceArn',
  ],
  ...['QueryString', 'WorkGroup', 'ResultConfiguration', 'OutputLocation', 'QueryExecutionId', 'Configuration', 'Tags'],
  ...[
    'ClientRequestToken',
    'ConfigurationUpdates',
    'StatementName',
    'CatalogName',
    'QueryExecutionContext',
    '__proto__',
  ],
];

const WORDS = [
  'default',
  't',
  '1',
  'p = 1',
  '__proto__',
  'constructor',
  '',
  '\u0000',
  's3://results/',
  'primary',
  'SELECT 1',
  '\ud800',
];

const VALUE = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(null, true, 0, 1, -1, 1.5, 1e300, 99_999, ...WORDS),
    fc.string(),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('any'), { maxKeys: 5 }),
  ),
})).any;

const INPUT = fc.dictionary(fc.constantFrom(...NAMES), VALUE, { maxKeys: 6 });

describe('whatever is sent', () => {
  it('is answered or refused by a name, never with a fault of the lake', async () => {
    const operations = services.flatMap((service) => Object.entries(service.operations));
    const context = { account: ACCOUNT, region: 'us-east-1', requestId: 'r' };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...operations), INPUT, async ([name, operation], input) => {
        const outcome = await operation(JSON.parse(JSON.stringify(input)), context).catch((error: unknown) => error);
        assert.ok(!(outcome instanceof Error) || outcome instanceof WireError, `${name}: ${String(outcome)}`);
        assert.ok(!(outcome instanceof Error) || !outcome.message.includes(dir), 'no path leaks');
      }),
      { numRuns: 4000 },
    );
  });

  it('nested without end is refused', async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`) as unknown;
    const create = services[0]!.operations.CreateTable!;
    const input = { DatabaseName: 'default', TableInput: { Name: 'deep', other: deep } };
    await assert.rejects(create(input, { account: ACCOUNT, region: '', requestId: '' }), {
      code: 'SerializationException',
    });
  });
});
