import { type Emit, type FunctionDefinition, nativeCall, windowed } from './definition.ts';
import { castTo } from './emission.ts';
import { failText } from './fail.ts';

const invalid = 'INVALID_FUNCTION_ARGUMENT';

/** nth_value and ntile count from 1. */
function atLeastOne(n: string, message: string): string {
  return `CASE WHEN ${n} < 1 THEN ${failText(invalid, message, 'BIGINT')} ELSE ${n} END`;
}

const offset: (name: string) => Emit =
  (name) =>
  ([x, n, otherwise], { call }) => {
    const rest = [
      n === undefined
        ? undefined
        : `CASE WHEN ${n} < 0 THEN ${failText(invalid, 'Offset must be at least 0', 'BIGINT')} ELSE ${n} END`,
      otherwise,
    ];
    return nativeCall(name, [x, ...rest.filter((part) => part !== undefined)].join(', '), call);
  };

/** Window functions. */
export const windowFunctions: readonly FunctionDefinition[] = [
  ...['row_number', 'rank', 'dense_rank'].map((name) =>
    windowed(`${name}() bigint`, (_, { call, result }) => castTo(nativeCall(name, '', call), result)),
  ),
  windowed('percent_rank() double', 'percent_rank'),
  windowed('cume_dist() double', 'cume_dist'),
  windowed('ntile(bigint) bigint', ([n], { call }) =>
    nativeCall('ntile', atLeastOne(n!, 'Buckets must be greater than 0'), call),
  ),
  ...['lag', 'lead'].flatMap((name) => [
    windowed(`${name}(T) T`, offset(name)),
    windowed(`${name}(T, bigint) T`, offset(name)),
    windowed(`${name}(T, bigint, T) T`, offset(name)),
  ]),
  windowed('first_value(T) T', 'first_value'),
  windowed('last_value(T) T', 'last_value'),
  windowed('nth_value(T, bigint) T', ([x, n], { call }) =>
    nativeCall('nth_value', `${x}, ${atLeastOne(n!, 'Offset must be at least 1')}`, call),
  ),
];
