import { failWith } from '../functions/fail.ts';
import type { Type } from '../types.ts';
import { once } from './once.ts';
import { emitText } from './text.ts';

type Varchar = Extract<Type, { kind: 'varchar' }>;
type Char = Extract<Type, { kind: 'char' }>;

export function castToVarchar(sql: string, from: Type, to: Varchar, safe: boolean): string {
  if (from.kind === 'varchar') return truncate(sql, from.length, to.length);
  if (from.kind === 'char') return truncate(`rpad(${sql}, ${from.length}, ' ')`, from.length, to.length);
  const text = asVarchar(sql, from);
  const longest = longestText(from);
  if (to.length === undefined || (longest !== undefined && longest <= to.length)) return text;
  return once(text, (x) => {
    const message = `'Value ' || ${x} || ' cannot be represented as varchar(${to.length})'`;
    const otherwise = safe ? 'NULL' : failWith('INVALID_CAST_ARGUMENT', message, 'VARCHAR');
    return `CASE WHEN length(${x}) <= ${to.length} THEN ${x} WHEN ${x} IS NOT NULL THEN ${otherwise} END`;
  });
}

/** How many characters the longest value of a type has, where that is known. */
function longestText(type: Type): number | undefined {
  const known: Readonly<Record<string, number>> = {
    boolean: 5,
    tinyint: 4,
    smallint: 6,
    integer: 11,
    bigint: 20,
    uuid: 36,
  };
  if (type.kind === 'decimal') return type.precision + 3;
  return known[type.kind];
}

function truncate(sql: string, from: number | undefined, to: number | undefined): string {
  return to === undefined || (from !== undefined && from <= to) ? sql : `substring(${sql}, 1, ${to})`;
}

/** CAST(x AS varchar); differs from a result file's text only for double and real. */
function asVarchar(sql: string, from: Type): string {
  return from.kind === 'double' || from.kind === 'real'
    ? `weir_cast_number(CAST(${sql} AS VARCHAR))`
    : emitText(sql, from);
}

/** A char is held without the blanks at its end. */
export function castToChar(sql: string, from: Type, to: Char, safe: boolean): string {
  if (from.kind === 'char' && from.length <= to.length) return sql;
  const text =
    from.kind === 'varchar' || from.kind === 'char'
      ? sql
      : castToVarchar(sql, from, { kind: 'varchar', length: to.length }, safe);
  const cut =
    from.kind === 'varchar' && from.length !== undefined && from.length <= to.length
      ? text
      : `substring(${text}, 1, ${to.length})`;
  return `rtrim(${cut}, ' ')`;
}
