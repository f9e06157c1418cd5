import type { Risk } from '../change/change.ts';
import { type HiveType, readType, spell } from '../define/types.ts';

export interface TypeChange {
  readonly risk: Risk;
  readonly reason: string;
  /** True where files of the old type are read rightly as the new one, so that partition entries follow. */
  readonly promotion: boolean;
}

/** How the files behind a column bear a change of its type. */
export interface Files {
  /** Typed files (Parquet, ORC, Avro) keep the type they were written with; text is parsed anew at each read. */
  readonly typed: boolean;
  /** A load can write them anew. */
  readonly loaded: boolean;
}

/** What a change of a column's type means for the files that are there. */
export function typeChange(from: string, to: string, files: Files): TypeChange {
  const before = readType(from);
  const after = readType(to);
  if ('type' in before && 'type' in after && widens(before.type, after.type, files.typed)) {
    return { risk: 'safe', promotion: true, reason: 'every value of the old type is one of the new' };
  }
  if (files.loaded) {
    return {
      risk: 'rewrite',
      promotion: false,
      reason: 'the files that are there keep the old type: queries of them fail until a backfill has written them anew',
    };
  }
  const lost = files.typed ? 'files of the old type can no longer be read' : 'values that do not fit the type are lost';
  return { risk: 'destructive', promotion: false, reason: lost };
}

const INTEGERS = ['tinyint', 'smallint', 'int', 'bigint'];

/** True where a reader that expects `after` reads data of `before` without loss, fields of structs included. */
function widens(before: HiveType, after: HiveType, typed: boolean): boolean {
  if (spell(before) === spell(after)) return true;
  if (before.kind === 'array' && after.kind === 'array') return widens(before.element, after.element, typed);
  if (before.kind === 'map' && after.kind === 'map') {
    return widens(before.key, after.key, typed) && widens(before.value, after.value, typed);
  }
  if (before.kind === 'struct' && after.kind === 'struct') {
    return before.fields.every((field) => {
      const now = after.fields.find((each) => each.name === field.name);
      return now !== undefined && widens(field.type, now.type, typed);
    });
  }
  if (before.kind === 'decimal' && after.kind === 'decimal') {
    // Parquet keeps the unscaled number: only an equal scale reads right without a rewrite.
    const scaleFits = typed ? before.scale === after.scale : after.scale >= before.scale;
    return scaleFits && after.precision - after.scale >= before.precision - before.scale;
  }
  if (before.kind === 'text' && after.kind === 'text') {
    return before.name === after.name && after.length >= before.length;
  }
  if (isString(after)) return before.kind === 'text' || !typed;
  if (before.kind !== 'primitive' || after.kind !== 'primitive') return false;
  const rank = [INTEGERS.indexOf(before.name), INTEGERS.indexOf(after.name)] as const;
  if (rank[0] >= 0 && rank[1] > rank[0]) return true;
  return before.name === 'float' && after.name === 'double';
}

function isString(type: HiveType): boolean {
  return type.kind === 'primitive' && type.name === 'string';
}

/**
 * True where a partition that is described with `before` can stay as it is in a table with `after`: equal, or with more
 * fields at the end of a struct. Anything else gives HIVE_PARTITION_SCHEMA_MISMATCH.
 */
export function fitsAsItIs(before: string, after: string): boolean {
  const old = readType(before);
  const now = readType(after);
  if (!('type' in old) || !('type' in now)) return before === after;
  return tailOnly(old.type, now.type);
}

function tailOnly(before: HiveType, after: HiveType): boolean {
  if (spell(before) === spell(after)) return true;
  if (before.kind === 'array' && after.kind === 'array') return tailOnly(before.element, after.element);
  if (before.kind === 'map' && after.kind === 'map') return tailOnly(before.value, after.value);
  if (before.kind !== 'struct' || after.kind !== 'struct' || after.fields.length < before.fields.length) return false;
  return before.fields.every((field, at) => {
    const now = after.fields[at]!;
    return now.name === field.name && tailOnly(field.type, now.type);
  });
}
