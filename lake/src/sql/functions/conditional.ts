import { emitCast } from '../casts/cast.ts';
import { emitText } from '../casts/text.ts';
import { SqlError } from '../sql.ts';
import { displayType, quoteText, typeofText } from '../types/index.ts';
import type { Type } from '../types.ts';
import { type Emit, type FunctionDefinition, scalar } from './definition.ts';
import { VARCHAR } from './emission.ts';

/** The greatest or least of all; null if one is. NaN counts only where all are NaN. */
function extreme(name: 'greatest' | 'least'): Emit {
  return (args, { result }) => {
    const missing = args.map((arg) => `${arg} IS NULL`).join(' OR ');
    const float = result.kind === 'double' || result.kind === 'real';
    const numbers = args.map((arg) => `CASE WHEN NOT isnan(${arg}) THEN ${arg} END`);
    const value = float ? `coalesce(${name}(${numbers.join(', ')}), ${args[0]})` : `${name}(${args.join(', ')})`;
    return `CASE WHEN ${missing} THEN NULL ELSE ${value} END`;
  };
}

/** How Java's formatter is told what an argument is. */
function formatArgument(sql: string, type: Type): string {
  const tagged = (tag: string, text: string) => `'${tag}:' || ${text}`;
  switch (type.kind) {
    case 'boolean':
      return tagged('b', emitText(sql, type));
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return tagged('i', emitText(sql, type));
    case 'decimal':
      return tagged('d', emitText(sql, type));
    case 'double':
    case 'real':
      return tagged('f', emitText(sql, type));
    case 'timestamp':
      return tagged('t', emitText(sql, type));
    case 'time':
      return tagged('c', emitText(sql, type));
    default:
      return tagged(
        's',
        type.kind === 'unknown' ? 'CAST(NULL AS VARCHAR)' : type.kind === 'json' ? sql : emitCast(sql, type, VARCHAR),
      );
  }
}

const format: Emit = ([pattern, ...args], { types }) => {
  if (args.length === 0) throw new SqlError('SYNTAX_ERROR', "The 'format' function must have at least two arguments");
  for (const type of types.slice(1)) {
    const zoned = type.kind === 'timestamp' && type.zone;
    if (zoned || ['array', 'map', 'row', 'interval', 'varbinary', 'hyperloglog'].includes(type.kind)) {
      throw new SqlError('NOT_SUPPORTED', `Type not supported for formatting: ${displayType(type)}`);
    }
  }
  const texts = args.map((arg, index) => formatArgument(arg, types[index + 1]!));
  return `weir_format(${pattern}, CAST([${texts.join(', ')}] AS VARCHAR[]))`;
};

/** Functions that choose or show. */
export const conditionalFunctions: readonly FunctionDefinition[] = [
  scalar('greatest(E, E...) E | E:orderable', extreme('greatest')),
  scalar('least(E, E...) E | E:orderable', extreme('least')),
  scalar('typeof(T) varchar', (_, { types }) => quoteText(typeofText(types[0]!))),
  scalar('format(varchar, _...) varchar', format),
];
