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
import { bounded } from './bounded.ts';
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
    name: registeredName(definition),
    parameterTypes: definition.parameters.map((type) => types[type]),
    returnType: definition.returns === 'VARCHAR[]' ? VARCHAR : types[definition.returns],
    specialHandling: definition.nulls,
    mainFunction: (info, input, output) => {
      const columns = definition.parameters.map((_, index) => input.getColumnVector(index));
      try {
        const values: DuckDBValue[] = [];
        const compute = () => {
          for (let row = 0; row < input.rowCount; row += 1) {
            const args = columns.map((column) => fromDuckdb(column.getItem(row)));
            const skip = !definition.nulls && args.includes(null);
            values.push(skip ? null : toDuckdb(definition.call(args)));
          }
        };
        if (definition.patterns) bounded(compute);
        else compute();
        for (const [row, value] of values.entries()) output.setItem(row, value);
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
  if (Array.isArray(value)) return JSON.stringify(value);
  return value as DuckDBValue;
}

/**
 * A list is handed over as JSON text: the client library writes lists of over 2,048 elements a chunk past the end of
 * their memory (it sets their size without reserving it).
 */
function registeredName({ name, returns }: NativeFunction): string {
  return returns === 'VARCHAR[]' ? `${name}_text` : name;
}

/** The macro that makes lists of a function's JSON texts; undefined where it returns none. */
export function listMacro(definition: NativeFunction): string | undefined {
  if (definition.returns !== 'VARCHAR[]') return undefined;
  const parameters = definition.parameters.map((_, index) => `p${index}`).join(', ');
  const call = `${registeredName(definition)}(${parameters})`;
  return `CREATE OR REPLACE MACRO ${definition.name}(${parameters}) AS from_json(${call}, '["VARCHAR"]')`;
}
