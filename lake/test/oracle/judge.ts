import type { DuckDBConnection } from '@duckdb/node-api';
import { runtimeError } from '../../src/sql/casts/failure.ts';
import { compileQuery, parseStatement, SqlError, textQuery } from '../../src/sql/index.ts';
import type { Compiled } from '../../src/sql/sql.ts';
import { displayType } from '../../src/sql/types/index.ts';
import type { TestLake } from '../engine/harness.ts';
import { relations } from './tables.ts';
import { failureOf, isWrite } from './writes.ts';

export interface Case {
  readonly id: string;
  readonly topic: string;
  readonly sql: string;
  readonly columns?: readonly { readonly name: string; readonly type: string }[];
  readonly ordered?: boolean;
  readonly approx?: boolean;
  readonly rows?: readonly (readonly (string | null)[])[];
  readonly error?: { readonly name: string; readonly type: string; readonly message: string };
}

export interface Verdict {
  readonly kind: 'agree' | 'wrong' | 'refused';
  readonly detail: string;
  readonly message?: string | undefined;
}

type Answer = { readonly compiled: Compiled; readonly rows: (string | null)[][] } | { readonly error: SqlError };

const options = { relations, defaultDatabase: 'oracle' };

/** Runs one query; whatever fails is an error by Trino's name. */
export async function answer(sql: string, connection: DuckDBConnection): Promise<Answer> {
  let compiled: Compiled;
  try {
    compiled = compileQuery(parseStatement(sql), options);
  } catch (error) {
    if (error instanceof SqlError) return { error };
    throw error;
  }
  const scans = compiled.scans.map((scan) => `${scan.relation} AS NOT MATERIALIZED (SELECT * FROM ${scan.table})`);
  const text = `${scans.length > 0 ? `WITH ${scans.join(', ')} ` : ''}${textQuery(compiled)}`;
  try {
    const result = await connection.runAndReadAll(text);
    return { compiled, rows: result.getRowsJson() as (string | null)[][] };
  } catch (error) {
    return { error: runtimeError((error as Error).message) };
  }
}

export async function judge(test: Case, connection: DuckDBConnection, lake: TestLake): Promise<Verdict> {
  try {
    if (test.error && isWrite(test.sql)) return judgeError(test.error, await failureOf(test.sql, lake));
    const given = await answer(test.sql, connection);
    if (!test.error) return judgeRows(test, given);
    return judgeError(test.error, 'error' in given ? given.error : undefined);
  } catch (error) {
    return { kind: 'refused', detail: `crash: ${(error as Error).stack}` };
  }
}

function judgeError(
  want: NonNullable<Case['error']>,
  given: { readonly code: string; readonly message: string } | undefined,
): Verdict {
  if (given === undefined) return { kind: 'wrong', detail: `no error, wanted ${want.name}: ${want.message}` };
  const { code, message } = given;
  if (code === want.name || want.type === 'INTERNAL_ERROR') return { kind: 'agree', detail: '', message };
  return { kind: 'refused', detail: `${code}: ${message}\n    wanted ${want.name}: ${want.message}` };
}

function judgeRows(test: Case, given: Answer): Verdict {
  if ('error' in given) return { kind: 'refused', detail: `${given.error.code}: ${given.error.message}` };
  const { compiled, rows } = given;
  const names = compiled.columns.map((column) => column.name.toLowerCase()).join();
  const wantNames = test.columns!.map((column) => column.name.toLowerCase()).join();
  if (names !== wantNames) return { kind: 'wrong', detail: `names ${names}, wanted ${wantNames}` };
  const types = compiled.columns.map((column) => displayType(column.type));
  const wantTypes = test.columns!.map((column) => column.type);
  if (types.join() !== wantTypes.join())
    return { kind: 'wrong', detail: `types ${types.join()}, wanted ${wantTypes.join()}` };
  return compareRows(test, rows, wantTypes);
}

function compareRows(test: Case, rows: (string | null)[][], types: readonly string[]): Verdict {
  const want = test.rows!;
  if (rows.length !== want.length) return { kind: 'wrong', detail: `${rows.length} rows, wanted ${want.length}` };
  const exact = test.topic === 'text';
  const shape = (all: readonly (readonly (string | null)[])[]) => {
    const shaped = all.map((row) => row.map((value, index) => canonical(value, types[index]!, exact)));
    return test.ordered ? shaped : shaped.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  };
  const [a, b] = [shape(rows), shape(want)];
  for (const [index, row] of a.entries()) {
    const other = b[index]!;
    const same = row.every((value, column) => equal(value, other[column]!, test.approx ?? false));
    if (!same)
      return { kind: 'wrong', detail: `row ${index}: ${JSON.stringify(row)}\n    wanted ${JSON.stringify(other)}` };
  }
  return { kind: 'agree', detail: '' };
}

/** Floating point numbers by value, to twelve digits; maps without the order of their entries. */
function canonical(value: string | null, type: string, exact: boolean): string | null {
  if (value === null) return null;
  if (!exact && (type === 'double' || type === 'real')) {
    const number = Number(value);
    return Number.isFinite(number) ? String(Number(number.toPrecision(type === 'real' ? 6 : 10))) : value;
  }
  if (!type.includes('map(')) return value;
  return value
    .replaceAll(/[[\]{}]/g, '')
    .split(', ')
    .toSorted()
    .join(', ');
}

function equal(a: string | null, b: string | null, approx: boolean): boolean {
  if (a === b) return true;
  if (!approx || a === null || b === null) return false;
  const [x, y] = [Number(a), Number(b)];
  return Math.abs(x - y) <= Math.max(Math.abs(y) * 0.05, 1);
}
