import type { EngineFailure } from '../../src/athena/engine.ts';
import { parseStatement, type Statement } from '../../src/sql/index.ts';
import { openTestLake, type TestLake } from '../engine/harness.ts';
import { declared } from './tables.ts';

const WRITES: readonly Statement['kind'][] = ['insert', 'ctas', 'drop-view'];

/** What changes a table is not for the SQL front to refuse but for the engine. */
export function isWrite(sql: string): boolean {
  try {
    return WRITES.includes(parseStatement(sql).kind);
  } catch {
    return false;
  }
}

/** A lake that has the oracle's tables without their rows: of the statements that write only refusals are recorded. */
export async function openOracleLake(): Promise<TestLake> {
  const lake = await openTestLake();
  await lake.catalog.createDatabase({ Name: 'oracle' });
  for (const [Name, { columns }] of Object.entries(declared)) {
    const Columns = columns.map(({ name, type }) => ({ Name: name, Type: type }));
    const SerdeInfo = { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' };
    const StorageDescriptor = { Columns, SerdeInfo, Location: `s3://lake-data/oracle/${Name}/` };
    await lake.catalog.createTable('oracle', { Name, StorageDescriptor });
  }
  return lake;
}

/** The failure of a statement that writes; undefined where it is done. */
export async function failureOf(
  sql: string,
  lake: TestLake,
): Promise<Pick<EngineFailure, 'code' | 'message'> | undefined> {
  return lake.execute(sql, { database: 'oracle' }).then(
    () => undefined,
    (error: EngineFailure) => error,
  );
}
