import { SqlError } from '../sql.ts';
import { displayType } from '../types/index.ts';
import type { Type } from '../types.ts';
import { aggregate, type Emit, type FunctionDefinition, nativeCall } from './definition.ts';

/** What a null adds: the prime itself. */
const nothing = '-7046029288634856825';

/** What one value adds to the sum: the hash of its bytes as Trino holds it, times a prime. */
function term(x: string, type: Type): string {
  switch (type.kind) {
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return `weir_checksum_long(CAST(${x} AS BIGINT))`;
    case 'double':
      return `weir_checksum_double(${x})`;
    case 'date':
      return `weir_checksum_long(${x} - DATE '1970-01-01')`;
    case 'varchar':
      return `weir_checksum_bytes(encode(${x}))`;
    case 'varbinary':
      return `weir_checksum_bytes(${x})`;
    default:
      return longTerm(x, type);
  }
}

function longTerm(x: string, type: Type): string {
  if (type.kind === 'timestamp' && !type.zone && type.precision <= 6) return `weir_checksum_long(epoch_us(${x}))`;
  if (type.kind === 'decimal' && type.precision <= 18) {
    return `weir_checksum_long(CAST(replace(CAST(${x} AS VARCHAR), '.', '') AS BIGINT))`;
  }
  throw new SqlError('NOT_SUPPORTED', `checksum of ${displayType(type)} is not supported by this engine`);
}

/** An unordered hash: the terms summed in 64 bits. */
const checksum: Emit = ([x], { call, types }) => {
  const terms = `CAST(coalesce(${term(x!, types[0]!)}, ${nothing}) AS HUGEINT)`;
  return `weir_checksum_sum(CAST(${nativeCall('sum', terms, call)} AS VARCHAR))`;
};

/** checksum(). */
export const checksumFunctions: readonly FunctionDefinition[] = [
  aggregate('checksum(T) varbinary | T:comparable', checksum),
];
