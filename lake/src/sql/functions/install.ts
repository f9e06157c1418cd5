import type { DuckDBConnection } from '@duckdb/node-api';
import { natives } from './native/all.ts';
import { listMacro, registerNative } from './native/register.ts';

/** Macros that emitted SQL calls; a zoned timestamp is held as its instant in UTC (`t`) and its zone (`z`). */
export const prelude: readonly string[] = [
  `CREATE OR REPLACE MACRO weir_offset(z) AS
    (CASE WHEN z[1] = '-' THEN -1 ELSE 1 END) * (CAST(z[2:3] AS INTEGER) * 60 + CAST(z[5:6] AS INTEGER))`,
  `CREATE OR REPLACE MACRO weir_local(t, z) AS
    CASE WHEN z = 'UTC' THEN CAST(t AS TIMESTAMP) WHEN z[1] IN ('+', '-') THEN CAST(t AS TIMESTAMP) + to_minutes(weir_offset(z))
    ELSE timezone(z, timezone('UTC', CAST(t AS TIMESTAMP))) END`,
  // of two instants with one local time Java takes the first, ICU the second
  `CREATE OR REPLACE MACRO weir_earlier(i, t, z) AS
    CASE WHEN timezone(z, timezone('UTC', i - INTERVAL 1 HOUR)) = t THEN i - INTERVAL 1 HOUR ELSE i END`,
  `CREATE OR REPLACE MACRO weir_instant(t, z) AS
    CASE WHEN z = 'UTC' THEN CAST(t AS TIMESTAMP) WHEN z[1] IN ('+', '-') THEN CAST(t AS TIMESTAMP) - to_minutes(weir_offset(z))
    ELSE weir_earlier(timezone('UTC', timezone(z, CAST(t AS TIMESTAMP))), CAST(t AS TIMESTAMP), z) END`,
  `CREATE OR REPLACE MACRO weir_offset_text(m) AS
    (CASE WHEN m < 0 THEN '-' ELSE '+' END) || lpad(CAST(abs(m) // 60 AS VARCHAR), 2, '0') || ':' ||
    lpad(CAST(abs(m) % 60 AS VARCHAR), 2, '0')`,
];

/**
 * Makes known to a DuckDB instance what emitted SQL calls (all names begin with `weir_`). Once an instance is enough:
 * every connection sees it, and the process ends once the instance is closed. Statements must run through the asynchronous calls, since these functions need the main
 * thread while the statement runs on another.
 */
export async function installFunctions(connection: DuckDBConnection): Promise<void> {
  for (const definition of natives) registerNative(connection, definition);
  const macros = natives.map(listMacro).filter((macro) => macro !== undefined);
  await connection.run([...macros, ...prelude].join(';\n'));
}
