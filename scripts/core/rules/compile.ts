import { isLoaded, judgedQuery, rejectColumns, relationsOf, traced, traceFault } from '../load/index.ts';
import type { ViewDefinition } from '../model/definition.ts';
import type { Finding } from '../model/finding.ts';
import { findParameters, quoteRelation } from '../sql/index.ts';
import type { Compiled } from './compiled.ts';
import { type Context, folderOf, fullName, type SqlFile, yamlOf } from './context.ts';
import { tracedId } from './rejects.ts';
import { isTrinoType } from './trino-types.ts';

interface NamedType {
  readonly name: string;
  readonly type: string;
}

/** What POST /_lake/compile of the local lake takes. */
export interface CompileRequest {
  readonly tables: readonly {
    readonly database: string;
    readonly name: string;
    readonly columns: readonly NamedType[];
    readonly partitions: readonly NamedType[];
  }[];
  readonly views: readonly {
    readonly database: string;
    readonly name: string;
    readonly columns: readonly NamedType[];
    readonly sql: string;
  }[];
  readonly statements: readonly { readonly id: string; readonly sql: string }[];
}

/** What it answers: one result a statement. */
export interface CompileResponse {
  readonly results: readonly ({ readonly id: string } & (
    | { readonly columns: readonly NamedType[] }
    | {
        readonly error: {
          readonly name: string;
          readonly message: string;
          readonly line?: number;
          readonly column?: number;
        };
      }
  ))[];
}

/** A request and the way back from its SQL to the files'. */
export interface Question {
  readonly request: CompileRequest;
  readonly files: ReadonlyMap<string, Filled>;
}

/** Findings of these rules do not keep the engine from understanding what they are about. */
const HARMLESS =
  /^(sql-format|yaml-format|view-type|output-|check-|comment|empty-|reserved-|location-|projection-|compression-|format-|property-|load-|sorted-by|unknown-key|type-spelling|type-format|partition-)/;

/**
 * The question whether every SELECT fits the tables: only those whose own file and all that they read are without faults
 * that the engine would just repeat. `viewTypes` are the views' columns as the engine told them before.
 */
export function compileRequest(
  context: Context,
  findings: readonly Finding[],
  viewTypes: ReadonlyMap<string, readonly NamedType[]> = new Map(),
): Question {
  const broken = new Set(
    findings
      .filter(({ severity, rule }) => severity === 'error' && !HARMLESS.test(rule))
      .map(({ place }) => place.path),
  );
  const sound = soundObjects(context, broken);
  const { tables, views } = context.definitions;
  const askable = context.sqls.filter((file) => {
    const own = file.owner === undefined || file.use === 'view' || sound.has(fullName(file.owner));
    return own && file.parsed.ok && !broken.has(file.path) && readsSound(file, sound);
  });
  const files = new Map(askable.map((file) => [file.path, fill(file)]));
  return {
    files,
    request: {
      tables: tables
        .filter((table) => sound.has(fullName(table)))
        .map(({ database, name, columns, partitions }) => ({
          database,
          name,
          columns: columns.map(named),
          partitions: partitions.map(named),
        })),
      views: views
        .filter((view) => sound.has(fullName(view)))
        .map((view) => ({
          database: view.database,
          name: view.name,
          columns: viewColumns(view, viewTypes),
          sql: view.sql,
        })),
      statements: [
        ...[...files].map(([id, { text }]) => ({ id, sql: text })),
        ...askable.flatMap((file) => tracedQuestion(context, file)),
      ],
    },
  };
}

/** Where bad rows are set apart, load.sql is run with more columns: the engine is asked about that text too. */
function tracedQuestion(context: Context, file: SqlFile): readonly { readonly id: string; readonly sql: string }[] {
  if (file.use !== 'load' || !isLoaded(file.owner) || file.owner.load.rejects === undefined) return [];
  if (traceFault(file.text) !== undefined) return [];
  const found = traced(file.text, relationsOf(context.definitions));
  const { text } = fill({ ...file, text: found.sql });
  const judged = judgedQuery(file.owner, { ...found, sql: text });
  const columns = rejectColumns('load', found.columns).join(', ');
  return [{ id: tracedId(file.path), sql: `SELECT ${columns} FROM (${judged}) AS loaded` }];
}

const named = ({ name, type }: NamedType): NamedType => ({ name, type });

function viewColumns(view: ViewDefinition, told: ReadonlyMap<string, readonly NamedType[]>): readonly NamedType[] {
  return told.get(fullName(view)) ?? view.columns.filter((column) => isTrinoType(column.type)).map(named);
}

/** Objects whose files, and all that they read, are without faults. */
function soundObjects(context: Context, broken: ReadonlySet<string>): ReadonlySet<string> {
  const { tables, views } = context.definitions;
  const sound = new Set(tables.filter((table) => !broken.has(yamlOf(table))).map(fullName));
  const open = views.filter((view) => !broken.has(yamlOf(view)) && !broken.has(`${folderOf(view)}/view.sql`));
  const sqlOf = new Map(context.sqls.map((file) => [file.path, file]));
  for (let before = -1; before < sound.size; ) {
    before = sound.size;
    for (const view of open) {
      const file = sqlOf.get(`${folderOf(view)}/view.sql`);
      if (file?.parsed.ok && readsSound(file, sound)) sound.add(fullName(view));
    }
  }
  return sound;
}

function readsSound(file: SqlFile, sound: ReadonlySet<string>): boolean {
  return file.parsed.tables.every(({ isCte, database, name }) => isCte || sound.has(`${database}.${name}`));
}

/** A SQL text with values for its parameters, and how far each moved what follows it on its line. */
interface Filled {
  readonly text: string;
  readonly shifts: readonly {
    readonly line: number;
    readonly column: number;
    readonly written: number;
    readonly filled: number;
  }[];
}

function fill(file: SqlFile): Filled {
  const value = (name: string): string =>
    name === 'table' && file.use === 'check'
      ? quoteRelation(file.owner.database, file.owner.name)
      : "DATE '2000-01-01'";
  let text = '';
  let done = 0;
  const shifts = findParameters(file.text).map(({ name, start, end, line, column }) => {
    const filled = value(name);
    text += file.text.slice(done, start) + filled;
    done = end;
    return { line, column, written: end - start, filled: filled.length };
  });
  return { text: text + file.text.slice(done), shifts };
}

/** What the engine said, by file, its places brought back to the files' text. */
export function readCompiled(question: Question, response: CompileResponse): ReadonlyMap<string, Compiled> {
  return new Map(
    response.results.map((result): [string, Compiled] => {
      if ('columns' in result) return [result.id, { columns: result.columns }];
      const { name, message, line, column } = result.error;
      const shifts = question.files.get(result.id)?.shifts ?? [];
      const at = line === undefined || column === undefined ? column : back(shifts, line, column);
      return [result.id, { error: { name, message, line, column: at } }];
    }),
  );
}

function back(shifts: Filled['shifts'], line: number, column: number): number {
  let moved = 0;
  for (const shift of shifts) {
    const start = shift.column + moved;
    if (shift.line !== line || column < start) continue;
    if (column < start + shift.filled) return shift.column;
    moved += shift.filled - shift.written;
  }
  return column - moved;
}
