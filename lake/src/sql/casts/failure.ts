import { SqlError } from '../sql.ts';

const integerNames: Readonly<Record<string, string>> = {
  INT8: 'tinyint',
  INT16: 'smallint',
  INT32: 'integer',
  INT64: 'bigint',
  INT128: 'bigint',
};

/** What a failure of DuckDB while it runs an emitted statement means in Trino's words. */
export function runtimeError(text: string): SqlError {
  const said = withoutSql(text);
  const message = said.replace(/^(?:[A-Z][A-Za-z]*(?: [A-Za-z]+)* Error: )+/, '');
  const own = /^([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+): ([\s\S]*)$/.exec(message);
  if (own !== null) return new SqlError(own[1]!, own[2]!);
  return overflow(message) ?? known(message) ?? new SqlError('GENERIC_INTERNAL_ERROR', said);
}

/** DuckDB shows the line of its SQL and what else to try, which mean nothing to who wrote another statement. */
function withoutSql(text: string): string {
  return text.replace(/\n\nLINE \d+: [^\n]*\n\s*\^\s*$/, '').replace(/\n\nPossible solutions:[\s\S]*$/, '');
}

function overflow(message: string): SqlError | undefined {
  const match =
    /Overflow in (addition|subtraction|multiplication|negation|division) of (\w+)(?:\(\d+\))? \(?(-?[\d.]+) ([-+*/]) (-?[\d.]+)\)?/.exec(
      message,
    );
  const code = 'NUMERIC_VALUE_OUT_OF_RANGE';
  if (match !== null) {
    const [, operation, type, left, sign, right] = match;
    if (type === 'DECIMAL') return new SqlError(code, 'Decimal overflow');
    return new SqlError(code, `${integerNames[type!] ?? type} ${operation} overflow: ${left} ${sign} ${right}`);
  }
  if (/DECIMAL/.test(message) && /overflow|out of range|Could not cast/i.test(message))
    return new SqlError(code, 'Decimal overflow');
  if (/overflow|out of range/i.test(message)) return new SqlError(code, message);
  return undefined;
}

function known(message: string): SqlError | undefined {
  if (/More than one row returned by a subquery|Scalar sub-?query.*more than one row/i.test(message)) {
    return new SqlError('SUBQUERY_MULTIPLE_ROWS', 'Scalar sub-query has returned multiple rows');
  }
  if (/n value must be > 0/.test(message)) {
    return new SqlError('INVALID_FUNCTION_ARGUMENT', 'second argument of max_n/min_n must be positive');
  }
  if (/Map keys must be unique/i.test(message)) {
    return new SqlError('INVALID_FUNCTION_ARGUMENT', 'Duplicate map keys are not allowed');
  }
  if (/Map keys can not be NULL/i.test(message))
    return new SqlError('INVALID_FUNCTION_ARGUMENT', 'map key cannot be null');
  if (/out of memory|(?:could not|failed to) (?:allocate|pin)|failed to offload/i.test(message)) {
    return new SqlError('EXCEEDED_LOCAL_MEMORY_LIMIT', 'Query exceeded the memory limit');
  }
  if (/^(Could not convert string|invalid .* format|Failed to cast)/i.test(message)) {
    return new SqlError('INVALID_CAST_ARGUMENT', message);
  }
  return undefined;
}
