import type { Expression, Frame, FrameBound, FunctionCall, Place, SortItem, WindowSpecification } from '../ast.ts';
import { displayType } from '../types/index.ts';
import type { Type } from '../types.ts';
import { type Context, coerce, type Typed } from './context.ts';
import { analyze } from './expressions.ts';
import { refuse } from './refuse.ts';
import { checkOrderable, comparisonKey, sortText } from './sort.ts';
import { findAll, functionName, isWindow } from './walk.ts';

interface Resolved {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly SortItem[];
  readonly frame: Frame | undefined;
}

function named(name: { readonly name: string; readonly at: Expression['at'] }, context: Context): Resolved {
  const index =
    context.windows?.findIndex((window) => window.name.name.toLowerCase() === name.name.toLowerCase()) ?? -1;
  const found = context.windows?.[index];
  if (!found)
    throw refuse('INVALID_WINDOW_REFERENCE', name.at, `Cannot resolve WINDOW name ${name.name.toLowerCase()}`);
  // A window sees those that stand before it.
  return specified(found.window, { ...context, windows: context.windows?.slice(0, index) });
}

function specified(window: WindowSpecification, context: Context): Resolved {
  if (!window.base) return window;
  const base = named(window.base, context);
  if (window.partitionBy.length > 0) {
    throw refuse(
      'INVALID_PARTITION_BY',
      window.partitionBy[0]?.at,
      'WINDOW specification with named WINDOW reference cannot specify PARTITION BY',
    );
  }
  if (base.orderBy.length > 0 && window.orderBy.length > 0) {
    throw refuse(
      'INVALID_ORDER_BY',
      window.orderBy[0]?.at,
      'Cannot specify ORDER BY if referenced named WINDOW specifies ORDER BY',
    );
  }
  if (base.frame)
    throw refuse(
      'INVALID_WINDOW_REFERENCE',
      window.base.at,
      'Cannot reference named WINDOW containing frame specification',
    );
  return {
    partitionBy: base.partitionBy,
    orderBy: window.orderBy.length > 0 ? window.orderBy : base.orderBy,
    frame: window.frame,
  };
}

/** What stands behind OVER. */
export function overText(
  node: FunctionCall,
  context: Context,
  kind: { readonly frameAllowed: boolean; readonly ranking: boolean },
): string {
  const over = node.over!;
  const window = over.kind === 'reference' ? named(over.name, context) : specified(over.window, context);
  for (const each of [...window.partitionBy, ...window.orderBy.map((item) => item.key)]) {
    const nested = findAll(each, isWindow)[0];
    if (nested)
      throw refuse(
        'NESTED_WINDOW',
        nested.at,
        'Cannot nest window functions or row pattern measures inside window specification',
      );
  }
  const parts: string[] = [];
  if (window.partitionBy.length > 0) {
    parts.push(`PARTITION BY ${window.partitionBy.map((each) => comparisonKey(analyze(each, context))).join(', ')}`);
  }
  const keys = window.orderBy.map((item) => {
    const key = analyze(item.key, context);
    checkOrderable(key.type, item, over.kind === 'reference' ? over.name.at : item.at);
    return key;
  });
  const distance = window.frame && window.frame.unit === 'RANGE' && hasDistance(window.frame);
  if (keys.length > 0) {
    const texts = keys.map((key, index) =>
      sortText(distance ? rangeKey(key) : comparisonKey(key), window.orderBy[index]!),
    );
    parts.push(`ORDER BY ${texts.join(', ')}`);
  }
  if (window.frame) {
    if (!kind.frameAllowed) {
      throw refuse(
        'INVALID_WINDOW_FRAME',
        window.frame.at,
        `Cannot specify window frame for ${functionName(node)} function`,
      );
    }
    parts.push(frameText(window.frame, keys, context, window.orderBy[0]?.key.at));
  }
  return `(${parts.join(' ')})`;
}

function hasDistance(frame: Frame): boolean {
  return [frame.start, frame.end].some((bound) => bound?.kind === 'preceding' || bound?.kind === 'following');
}

/** DuckDB takes distances between dates as intervals, and adds those to timestamps only. */
function rangeKey(key: Typed): string {
  return key.type.kind === 'date' ? `CAST(${key.sql} AS TIMESTAMP)` : comparisonKey(key);
}

const order = ['unbounded-preceding', 'preceding', 'current-row', 'following', 'unbounded-following'];
const words: Readonly<Record<string, string>> = {
  'unbounded-preceding': 'UNBOUNDED PRECEDING',
  'unbounded-following': 'UNBOUNDED FOLLOWING',
  'current-row': 'CURRENT ROW',
  preceding: 'PRECEDING',
  following: 'FOLLOWING',
};

function frameText(frame: Frame, keys: readonly Typed[], context: Context, sortAt: Place | undefined): string {
  const end: FrameBound = frame.end ?? { kind: 'current-row' };
  const wrong = (message: string) => refuse('INVALID_WINDOW_FRAME', frame.at, message);
  if (frame.start.kind === 'unbounded-following') throw wrong('Window frame start cannot be UNBOUNDED FOLLOWING');
  if (end.kind === 'unbounded-preceding') throw wrong('Window frame end cannot be UNBOUNDED PRECEDING');
  if (order.indexOf(frame.start.kind) > order.indexOf(end.kind)) {
    throw wrong(`Window frame starting from ${words[frame.start.kind]} cannot end with ${words[end.kind]}`);
  }
  if (frame.unit === 'GROUPS' && keys.length === 0) {
    throw refuse('MISSING_ORDER_BY', frame.at, 'Window frame of type GROUPS PRECEDING or FOLLOWING requires ORDER BY');
  }
  const bounds = [frame.start, end].map((bound) => boundText(bound, frame, keys, context, sortAt));
  return `${frame.unit} BETWEEN ${bounds.join(' AND ')}`;
}

function boundText(
  bound: FrameBound,
  frame: Frame,
  keys: readonly Typed[],
  context: Context,
  sortAt: Place | undefined,
): string {
  if (bound.kind !== 'preceding' && bound.kind !== 'following') return words[bound.kind]!;
  const value = analyze(bound.value, context);
  if (isNegative(bound.value)) {
    throw refuse('INVALID_WINDOW_FRAME', undefined, 'Window frame offset value must not be negative or null');
  }
  if (frame.unit !== 'RANGE') {
    const whole = ['tinyint', 'smallint', 'integer', 'bigint'].includes(value.type.kind);
    if (!whole) {
      const message = `Window frame ${frame.unit} value type must be exact numeric type with scale 0 (actual ${displayType(value.type)})`;
      throw refuse('TYPE_MISMATCH', bound.value.at, message);
    }
    return `${value.sql} ${words[bound.kind]}`;
  }
  return `${rangeDistance(value, bound, frame, keys, sortAt)} ${words[bound.kind]}`;
}

function isNegative(node: Expression): boolean {
  if (node.kind === 'null') return true;
  if (node.kind === 'sign') return node.operator === '-' && node.value.kind === 'integer';
  return node.kind === 'integer' && node.text.startsWith('-');
}

const numeric = ['tinyint', 'smallint', 'integer', 'bigint', 'real', 'double', 'decimal'];

function rangeDistance(
  value: Typed,
  bound: Extract<FrameBound, { value: Expression }>,
  frame: Frame,
  keys: readonly Typed[],
  sortAt: Place | undefined,
): string {
  const [key, ...more] = keys;
  if (!key)
    throw refuse('MISSING_ORDER_BY', frame.at, 'Window frame of type RANGE PRECEDING or FOLLOWING requires ORDER BY');
  if (more.length > 0) {
    throw refuse(
      'INVALID_ORDER_BY',
      frame.at,
      'Window frame of type RANGE PRECEDING or FOLLOWING requires single sort item in ORDER BY (actual: 2)',
    );
  }
  const kind = key.type.kind;
  if (![...numeric, 'date', 'time', 'timestamp', 'interval'].includes(kind)) {
    const message =
      'Window frame of type RANGE PRECEDING or FOLLOWING requires that sort item type be numeric, datetime or interval';
    throw refuse('TYPE_MISMATCH', sortAt, `${message} (actual: ${displayType(key.type)})`);
  }
  const fits = numeric.includes(kind) ? numeric.includes(value.type.kind) : value.type.kind === 'interval';
  if (!fits) {
    const message = `Window frame RANGE value type (${displayType(value.type)}) not compatible with sort item type (${displayType(key.type)})`;
    throw refuse('TYPE_MISMATCH', bound.value.at, message);
  }
  if (kind === 'date' || kind === 'timestamp' || kind === 'time') return intervalText(value);
  return coerce(value, key.type as Type);
}

function intervalText(value: Typed): string {
  const months = value.type.kind === 'interval' && value.type.unit === 'year to month';
  return months ? `to_months(${value.sql})` : `to_milliseconds(${value.sql})`;
}
