import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { difference } from './compare.ts';
import type { Answer, Ask, Column } from './statements.ts';
import { done } from './write-benchmarks.ts';

/** The recorded answers of a real Trino that the lake's own engine is held to: here Trino is asked them through the lake. */

const ORACLE = join(import.meta.dirname, '../../lake/test/oracle');
const BUCKET = 'engine';

interface Recorded {
  readonly id: string;
  readonly sql: string;
  readonly columns?: readonly Column[];
  readonly rows?: readonly (readonly (string | null)[])[];
  readonly error?: { readonly name: string; readonly message: string };
}

interface Table {
  readonly file: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** The tables of the recorded statements, as JSON in the lake. */
export async function makeRecordedTables(s3: S3Client, ask: Ask): Promise<void> {
  done(await ask('CREATE DATABASE oracle'));
  const tables = JSON.parse(readFileSync(join(ORACLE, 'tables/tables.json'), 'utf8')) as Record<string, Table>;
  for (const [name, { file, columns }] of Object.entries(tables)) {
    const Body = readFileSync(join(ORACLE, 'tables', file));
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `oracle/${name}/${file}`, Body }));
    const list = columns.map((column) => `\`${column.name}\` ${column.type}`).join(', ');
    const serde = "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'";
    done(
      await ask(`CREATE EXTERNAL TABLE oracle.${name} (${list}) ${serde} LOCATION 's3://${BUCKET}/oracle/${name}/'`),
    );
  }
}

interface Judged {
  readonly agree: number;
  /** `id: what differs` */
  readonly differ: readonly string[];
}

/** Asks all that was recorded, several at once. */
export async function judgeRecorded(ask: Ask, leftOut: ReadonlySet<string>): Promise<Judged> {
  const cases = readdirSync(join(ORACLE, 'cases')).flatMap((file) =>
    readFileSync(join(ORACLE, 'cases', file), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Recorded),
  );
  const found = await pMap(
    cases.filter(({ id }) => !leftOut.has(id)),
    async (each) => {
      const apart = difference(recordedAnswer(each), await ask(each.sql).catch(refusedAtOnce));
      return apart === undefined ? [] : [`${each.id} ${each.sql}: ${apart}`];
    },
    { concurrency: 6 },
  );
  const differ = found.flat();
  return { agree: found.length - differ.length, differ };
}

function recordedAnswer({ columns = [], rows = [], error }: Recorded): Answer {
  return error ? { error: error.name, message: error.message } : { columns, rows };
}

/** What isn't even taken is refused by StartQueryExecution. */
function refusedAtOnce(error: unknown): Answer {
  const { AthenaErrorCode, message } = error as { AthenaErrorCode?: string; message: string };
  if (AthenaErrorCode !== 'MALFORMED_QUERY') throw error;
  return { error: 'SYNTAX_ERROR', message };
}
