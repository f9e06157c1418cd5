import { emitCast } from '../casts/cast.ts';
import { emitText } from '../casts/text.ts';
import { quoteText, typeofText } from '../types/index.ts';
import type { Type } from '../types.ts';
import { type Emit, type FunctionDefinition, scalar } from './definition.ts';
import { VARCHAR } from './emission.ts';

/** The greatest or least of all; null if one is. NaN counts as greater than any number. */
function extreme(name: 'greatest' | 'least'): Emit {
  return (args) => {
    const missing = args.map((arg) => `${arg} IS NULL`).join(' OR ');
    return `CASE WHEN ${missing} THEN NULL ELSE ${name}(${args.join(', ')}) END`;
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
