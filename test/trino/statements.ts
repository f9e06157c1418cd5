import { setTimeout as wait } from 'node:timers/promises';
import {
  type AthenaClient,
  type ColumnInfo,
  GetQueryExecutionCommand,
  paginateGetQueryResults,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';

/** What an engine says to a statement: types in Trino's spelling, values as text; or the name of its refusal. */
export type Answer =
  | { readonly columns: readonly Column[]; readonly rows: readonly (readonly (string | null)[])[] }
  | { readonly error: string; readonly message: string };

export interface Column {
  readonly name: string;
  readonly type: string;
}

export type Ask = (sql: string) => Promise<Answer>;

interface TrinoPage {
  readonly nextUri?: string;
  readonly columns?: readonly Column[];
  readonly data?: readonly (readonly unknown[])[];
  readonly error?: { readonly errorName: string; readonly message: string };
}

/** Asks a Trino server, by its own protocol. */
export function trinoAsk(url: string, schema: string): Ask {
  const headers = { 'X-Trino-User': 'weir', 'X-Trino-Catalog': 'awsdatacatalog', 'X-Trino-Schema': schema };
  return async (sql) => {
    let page = await readPage(await fetch(`${url}/v1/statement`, { method: 'POST', headers, body: sql }));
    let columns: readonly Column[] = [];
    const rows: (string | null)[][] = [];
    for (;;) {
      if (page.error) return { error: page.error.errorName, message: page.error.message };
      if (page.columns) columns = page.columns.map(({ name, type }) => ({ name, type: type.replaceAll(', ', ',') }));
      for (const row of page.data ?? []) rows.push(row.map(valueText));
      if (!page.nextUri) return { columns, rows };
      page = await readPage(await fetch(page.nextUri, { headers }));
    }
  };
}

/** Whole numbers beyond what JavaScript holds are kept as text. */
async function readPage(response: Response): Promise<TrinoPage> {
  const text = await response.text();
  if (!response.ok) throw new Error(`Trino answered ${response.status}: ${text}`);
  return JSON.parse(text.replaceAll(/(?<=[[,])-?\d{16,}(?=[,\]])/g, '"$&"')) as TrinoPage;
}

function valueText(value: unknown): string | null {
  if (value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Asks the lake, as clients ask Athena. */
export function athenaAsk(client: AthenaClient, database: string, output: string): Ask {
  return async (sql) => {
    const asked = {
      QueryString: sql,
      QueryExecutionContext: { Database: database },
      ResultConfiguration: { OutputLocation: output },
    };
    const { QueryExecutionId } = await client.send(new StartQueryExecutionCommand(asked));
    for (;;) {
      const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId }));
      const { State, StateChangeReason } = QueryExecution!.Status!;
      if (State === 'SUCCEEDED') return results(client, QueryExecutionId!);
      if (State !== 'QUEUED' && State !== 'RUNNING') return refusal(StateChangeReason ?? '');
      await wait(20);
    }
  };
}

function refusal(reason: string): Answer {
  return { error: /^([A-Z][A-Z_]+):/.exec(reason)?.[1] ?? reason, message: reason };
}

async function results(client: AthenaClient, QueryExecutionId: string): Promise<Answer> {
  const rows: (string | null)[][] = [];
  let columns: readonly Column[] = [];
  for await (const page of paginateGetQueryResults({ client, pageSize: 1000 }, { QueryExecutionId })) {
    columns = (page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(column);
    for (const row of page.ResultSet?.Rows ?? []) rows.push((row.Data ?? []).map((cell) => cell.VarCharValue ?? null));
  }
  return { columns, rows: rows.slice(1) };
}

const UNBOUNDED = 2_147_483_647;

function column({ Name, Type, Precision, Scale }: ColumnInfo): Column {
  const sized = (Type === 'varchar' || Type === 'char') && Precision !== UNBOUNDED;
  const type = Type === 'decimal' ? `decimal(${Precision},${Scale})` : sized ? `${Type}(${Precision})` : Type;
  return { name: Name ?? '', type: type ?? '' };
}
