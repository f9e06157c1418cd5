import { duckdbType, fieldKeys, quoteName } from '../types/index.ts';
import type { Type } from '../types.ts';
import { emitCast } from './cast.ts';
import { once } from './once.ts';

/** CAST between arrays, maps and rows: part by part; rows go by position. */
export function castNested(sql: string, from: Type, to: Type): string {
  if (from.kind === 'array' && to.kind === 'array') return castArray(sql, from.element, to.element);
  if (from.kind === 'map' && to.kind === 'map') return castMap(sql, from, to);
  if (from.kind === 'row' && to.kind === 'row') return castRow(sql, from, to);
  return `CAST(${sql} AS ${duckdbType(to)})`;
}

function castArray(sql: string, from: Type, to: Type): string {
  const part = emitCast('weir_e', from, to);
  if (part === 'weir_e') return sql;
  return typed(`list_transform(${sql}, lambda weir_e: ${part})`, { kind: 'array', element: to });
}

/** An empty list of nothings stays typed. */
function typed(sql: string, type: Type): string {
  return `CAST(${sql} AS ${duckdbType(type)})`;
}

function castMap(sql: string, from: Extract<Type, { kind: 'map' }>, to: Extract<Type, { kind: 'map' }>): string {
  if (emitCast('k', from.key, to.key) === 'k' && emitCast('v', from.value, to.value) === 'v') return sql;
  const entry = `{'key': ${emitCast('weir_e.key', from.key, to.key)}, 'value': ${emitCast('weir_e.value', from.value, to.value)}}`;
  return typed(`map_from_entries(list_transform(map_entries(${sql}), lambda weir_e: ${entry}))`, to);
}

function castRow(sql: string, from: Extract<Type, { kind: 'row' }>, to: Extract<Type, { kind: 'row' }>): string {
  const [sources, targets] = [fieldKeys(from), fieldKeys(to)];
  const part = (x: string, index: number) =>
    emitCast(`${x}.${quoteName(sources[index]!)}`, from.fields[index]!.type, to.fields[index]!.type);
  const unchanged = sources.every((key, index) => key === targets[index] && part('x', index) === `x.${quoteName(key)}`);
  if (unchanged) return sql;
  return once(sql, (x) => {
    const fields = targets.map((key, index) => `${quoteName(key)}: ${part(x, index)}`);
    return `CASE WHEN ${x} IS NOT NULL THEN {${fields.join(', ')}} END`;
  });
}
