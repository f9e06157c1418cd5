import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LakeCatalog } from '../../src/catalog/lake-catalog.ts';
import { createCatalog } from '../../src/catalog/store.ts';

const WRITER = fileURLToPath(new URL('./kill-writer.ts', import.meta.url));

/** Lets the writer work for a moment after its first word, kills it, and answers what it had told. */
function writeUntilKilled(dir: string, ms: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', WRITER, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (output === '') setTimeout(() => child.kill('SIGKILL'), ms);
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== null) reject(new Error(`the writer ended by itself with ${code}`));
      else resolve(output.split('\n').slice(0, -1));
    });
  });
}

function check(catalog: LakeCatalog, told: readonly string[]): void {
  const last = (word: string) => Number(told.findLast((line) => line.startsWith(`${word} `))?.split(' ')[1] ?? -1);
  const count = catalog.partitionCount('default', 't');
  assert.equal(count % 20, 0, 'a batch is there whole or not at all');
  assert.ok(count >= (last('partitions') + 1) * 20, `${count} partitions, but batch ${last('partitions')} was told`);
  assert.ok(Number(catalog.table('default', 't')?.Owner ?? -1) >= last('owner'));
  for (const { Values, Parameters, StorageDescriptor } of catalog.partitions('default', 't')) {
    const batch = Number(Parameters?.batch);
    assert.equal(Values[0]?.split('-')[0], String(batch));
    assert.equal(StorageDescriptor?.Columns?.[0]?.Name, `c${batch % 7}`);
    if (batch <= last('seen')) assert.equal(Parameters?.seen, 'yes', `batch ${batch} lost its update`);
  }
}

/** So many times on one folder: a catalog is changed, its process killed, and what it had told must be there. */
export async function killCatalogRounds(rounds: number): Promise<{ readonly changes: number }> {
  const dir = mkdtempSync(join(tmpdir(), 'weir-kill-'));
  let changes = 0;
  try {
    for (let round = 0; round < rounds; round++) {
      const told = await writeUntilKilled(dir, 20 + (round % 8) * 17);
      changes += told.length;
      const catalog = await createCatalog(dir, { account: '000000000000' });
      check(catalog, told);
      await catalog.close();
    }
    return { changes };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
