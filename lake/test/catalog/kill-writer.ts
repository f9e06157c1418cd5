// Changes a catalog without end and tells each change on stdout when it is durable; its test kills it.
import { writeSync } from 'node:fs';
import { createCatalog } from '../../src/catalog/store.ts';

const [dir = ''] = process.argv.slice(2);
const catalog = await createCatalog(dir, { account: '000000000000' });
/** Waits where the pipe is full: a slow reader must not end the writer. */
function told(line: string): void {
  for (;;) {
    try {
      writeSync(1, `${line}\n`);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

if (!catalog.table('default', 't')) {
  await catalog.createTable('default', { Name: 't', PartitionKeys: [{ Name: 'p' }] });
}
const made = catalog.partitionCount('default', 't') / 20;
// The last batch may lack its update: it is updated again.
for (let batch = Math.max(0, made - 1); ; batch++) {
  const inputs = Array.from({ length: 20 }, (_, number) => ({
    Values: [`${batch}-${number}`],
    StorageDescriptor: { Location: `s3://b/${batch}/${number}/`, Columns: [{ Name: `c${batch % 7}`, Type: 'int' }] },
    Parameters: { batch: String(batch) },
  }));
  if (batch >= made) await catalog.createPartitions('default', 't', inputs);
  told(`partitions ${batch}`);
  await catalog.updateTable('default', { Name: 't', PartitionKeys: [{ Name: 'p' }], Owner: String(batch) });
  told(`owner ${batch}`);
  const changes = inputs.map((input) => ({ ...input, Parameters: { batch: String(batch), seen: 'yes' } }));
  await catalog.changePartitions(
    'default',
    't',
    changes.map((input) => ({ kind: 'update', values: input.Values, input })),
  );
  told(`seen ${batch}`);
}
