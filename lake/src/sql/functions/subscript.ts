import { once } from '../casts/once.ts';
import { emitText } from '../casts/text.ts';
import { commonSuperType, comparable, duckdbType } from '../types/index.ts';
import type { Type } from '../types.ts';
import { failText, failWith } from './fail.ts';
import type { ResolvedOperator } from './operators.ts';

const invalid = 'INVALID_FUNCTION_ARGUMENT';

/** array[i] and map[key]; outside their bounds Trino ends the statement. */
export function subscript(base: Type, index: Type): ResolvedOperator | undefined {
  if (base.kind === 'array' && ['tinyint', 'smallint', 'integer', 'bigint', 'unknown'].includes(index.kind)) {
    const { element } = base;
    return {
      argumentTypes: [base, { kind: 'bigint' }],
      resultType: element,
      emit: ([a, b]) => once(a!, (list) => arrayElement(list, b!, element)),
    };
  }
  if (base.kind !== 'map' || !comparable(base.key)) return undefined;
  const key = commonSuperType(base.key, index);
  if (key === undefined) return undefined;
  return {
    argumentTypes: [{ ...base, key }, key],
    resultType: base.value,
    emit: ([a, b]) => once(a!, (map) => mapValue(map, b!, key, base.value)),
  };
}

function arrayElement(list: string, index: string, element: Type): string {
  const type = duckdbType(element);
  const literal = /^(?:CAST\()*(\d+)(?: AS [A-Z]+\))*$/.exec(index);
  const beyond = failWith(
    invalid,
    `'Array subscript must be less than or equal to array length: ' || CAST(${index} AS VARCHAR) || ' > ' || CAST(len(${list}) AS VARCHAR)`,
    type,
  );
  if (literal !== null && Number(literal[1]) > 0) {
    return `CASE WHEN ${index} <= len(${list}) THEN ${list}[${index}] WHEN ${list} IS NOT NULL THEN ${beyond} END`;
  }
  const zero = failText(invalid, 'SQL array indices start at 1', type);
  const negative = failWith(invalid, `'Array subscript is negative: ' || CAST(${index} AS VARCHAR)`, type);
  return `CASE WHEN ${list} IS NULL OR ${index} IS NULL THEN NULL WHEN ${index} = 0 THEN ${zero} WHEN ${index} < 0 THEN ${negative} WHEN ${index} <= len(${list}) THEN ${list}[${index}] ELSE ${beyond} END`;
}

function mapValue(map: string, key: string, keyType: Type, value: Type): string {
  const missing = failWith(invalid, `'Key not present in map: ' || ${emitText(key, keyType)}`, duckdbType(value));
  return `CASE WHEN ${map} IS NULL OR ${key} IS NULL THEN NULL WHEN map_contains(${map}, ${key}) THEN ${map}[${key}] ELSE ${missing} END`;
}
