import type { Reading } from '../define/index.ts';
import { keyPlace, type Path, placeOf } from '../define/tree.ts';
import type { TableDefinition, ViewDefinition } from '../model/definition.ts';
import type { Finding, Place } from '../model/finding.ts';
import { remembered } from '../model/remembered.ts';
import { type ParsedSelect, parseSelect, significant, type Token } from '../sql/index.ts';
import type { Compiled } from './compiled.ts';

/** What a rule looks at. */
export interface Context extends Reading {
  /** Day on which it is asked, yyyy-MM-dd. */
  readonly today: string;
  /** What the engine said of every SELECT, by the path of its file; undefined where there is no engine to ask. */
  readonly compiled: ReadonlyMap<string, Compiled> | undefined;
  readonly sqls: readonly SqlFile[];
}

/** Judges the whole of the definitions; one topic a rule. */
export type Rule = (context: Context) => readonly Finding[];

/** Only YAML that could be read whole is written anew. */
export function formattable(context: Pick<Context, 'findings'>, path: string): boolean {
  return !context.findings.some((finding) => finding.place.path === path && finding.rule.startsWith('yaml-'));
}

/** Where a part of a YAML file stands; the file's start where it is missing. */
export function valueAt(context: Reading, path: string, steps: Path): Place {
  const tree = context.trees.get(path);
  return tree === undefined ? { path, line: 1, column: 1 } : placeOf(tree, steps);
}

/** Where the key of a part stands. */
export function keyAt(context: Reading, path: string, steps: Path): Place {
  const tree = context.trees.get(path);
  return tree === undefined ? { path, line: 1, column: 1 } : keyPlace(tree, steps);
}

export function folderOf(object: TableDefinition | ViewDefinition): string {
  return `pipeline/${object.kind}s/${object.database}/${object.name}`;
}

/** The file that says what an object is: of a rejects table that of the table whose rows it holds. */
export function yamlOf(object: TableDefinition | ViewDefinition): string {
  if (object.kind === 'table' && object.rejectsOf !== undefined) {
    const [database = '', name = ''] = object.rejectsOf.split('.');
    return `${folderOf({ ...object, database, name })}/table.yaml`;
  }
  if (object.place.path === 'pipeline/lake.yaml') return object.place.path;
  return `${folderOf(object)}/${object.kind}.yaml`;
}

export const fullName = (object: { readonly database: string; readonly name: string }): string =>
  `${object.database}.${object.name}`;

/** A SQL file and whose it is. */
export type SqlFile = {
  readonly path: string;
  readonly text: string;
  readonly parsed: ParsedSelect;
} & (
  | { readonly use: 'load' | 'check'; readonly owner: TableDefinition }
  | { readonly use: 'view'; readonly owner: ViewDefinition }
  | { readonly use: 'query'; readonly owner: undefined }
);

/** Beyond these the grammar would take minutes, or the stack: no query that people read comes near. */
export const SQL_LIMITS = { tokens: 30_000, depth: 50 } as const;

/** What stands for a text that was not parsed. */
export const UNREAD: ParsedSelect = {
  ok: false,
  errors: [],
  statementCount: 0,
  kind: 'other',
  tables: [],
  databaseParts: [],
  parameters: [],
  outputNames: undefined,
  text: '',
};

const parsed = remembered((text: string): ParsedSelect => {
  if (tooBig(text) || tooDeep(text) !== undefined) return UNREAD;
  try {
    return parseSelect(text);
  } catch (error) {
    // A chain of thousands of operators is as deep for the grammar as thousands of brackets.
    if (error instanceof RangeError) return UNREAD;
    throw error;
  }
});

/** Where a text is nested too deep or has too many words; undefined for all that people write. */
export function tooDeep(text: string): Token | undefined {
  let depth = 0;
  return significant(text).find(({ text: symbol }, index) => {
    if (symbol === '(' || symbol === '[') depth++;
    if (symbol === ')' || symbol === ']') depth--;
    return depth > SQL_LIMITS.depth || index > SQL_LIMITS.tokens;
  });
}

/** Every SQL file that an object uses, parsed once. */
export function sqlFiles(reading: Reading): readonly SqlFile[] {
  const files: SqlFile[] = [];
  const read = (path: string): { path: string; text: string; parsed: ParsedSelect } | undefined => {
    const text = reading.texts.get(path);
    return text === undefined ? undefined : { path, text, parsed: parsed(text) };
  };
  for (const owner of reading.definitions.tables) {
    const load = read(`${folderOf(owner)}/load.sql`);
    if (load !== undefined) files.push({ ...load, use: 'load', owner });
    for (const path of reading.texts.keys()) {
      if (!path.startsWith(`${folderOf(owner)}/checks/`) || !path.endsWith('.sql')) continue;
      const check = read(path);
      if (check !== undefined) files.push({ ...check, use: 'check', owner });
    }
  }
  for (const owner of reading.definitions.views) {
    const view = read(`${folderOf(owner)}/view.sql`);
    if (view !== undefined) files.push({ ...view, use: 'view', owner });
  }
  for (const query of reading.definitions.queries) {
    const file = read(query.place.path);
    if (file !== undefined) files.push({ ...file, use: 'query', owner: undefined });
  }
  return files;
}

/** Most bytes of one query: https://docs.aws.amazon.com/athena/latest/ug/service-limits.html */
export const MOST_QUERY_BYTES = 262_144;

export function tooBig(text: string): boolean {
  return byteLength(text) > MOST_QUERY_BYTES;
}

export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
