import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DOUBLE,
  DuckDBBlobValue,
  type DuckDBConnection,
  DuckDBListValue,
  DuckDBScalarFunction,
  type DuckDBType,
  type DuckDBValue,
  LIST,
  VARCHAR,
} from '@duckdb/node-api';
import { NativeFailure, type NativeFunction, type NativeType, type NativeValue } from './udf.ts';

const types: Readonly<Record<NativeType, DuckDBType>> = {
  VARCHAR,
  BIGINT,
  DOUBLE,
  BOOLEAN,
  BLOB,
  'VARCHAR[]': LIST(VARCHAR),
};

/** Makes one function known to a DuckDB instance (all its connections see it). */
export function registerNative(connection: DuckDBConnection, definition: NativeFunction): void {
  const made = DuckDBScalarFunction.create({
    name: definition.name,
    parameterTypes: definition.parameters.map((type) => types[type]),
    returnType: types[definition.returns],
    specialHandling: definition.nulls,
    mainFunction: (info, input, output) => {
      const columns = definition.parameters.map((_, index) => input.getColumnVector(index));
      try {
        for (let row = 0; row < input.rowCount; row += 1) {
          const args = columns.map((column) => fromDuckdb(column.getItem(row)));
          const skip = !definition.nulls && args.includes(null);
          output.setItem(row, skip ? null : toDuckdb(definition.call(args)));
        }
        output.flush();
      } catch (error) {
        info.setError(failureText(error));
      }
    },
  });
  connection.registerScalarFunction(made);
  // DuckDB has its own copy; this one would keep the process alive
  made.destroySync();
}

function failureText(error: unknown): string {
  if (error instanceof NativeFailure) return `${error.code}: ${error.message}`;
  return `GENERIC_INTERNAL_ERROR: ${error instanceof Error ? error.message : String(error)}`;
}

function fromDuckdb(value: DuckDBValue): NativeValue {
  if (value instanceof DuckDBBlobValue) return value.bytes;
  if (value instanceof DuckDBListValue) return value.items as readonly (string | null)[];
  return value as NativeValue;
}

function toDuckdb(value: NativeValue): DuckDBValue {
  if (value instanceof Uint8Array) return new DuckDBBlobValue(value);
  if (Array.isArray(value)) return new DuckDBListValue(value);
  return value as DuckDBValue;
}
