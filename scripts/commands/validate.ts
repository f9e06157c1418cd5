import { loadDefinitions, type Pipeline } from '../core/define/index.ts';
import { formatSql } from '../core/format/sql.ts';
import { formatYaml, withColumnTypes } from '../core/format/yaml.ts';
import type { Finding } from '../core/model/finding.ts';
import {
  type Compiled,
  type CompileRequest,
  type CompileResponse,
  type Context,
  compileRequest,
  contextOf,
  judge,
  readCompiled,
} from '../core/rules/index.ts';
import { comparable } from '../core/rules/trino-types.ts';

export interface ValidatePorts {
  readonly read: () => Promise<Pipeline>;
  readonly write: (path: string, text: string) => Promise<void>;
  /** Opens the engine when there is something to compile; undefined where none is installed. */
  readonly compiler: () => Promise<((request: CompileRequest) => Promise<CompileResponse>) | undefined>;
}

export interface Validation {
  readonly findings: readonly Finding[];
  readonly files: number;
  readonly tables: number;
  readonly views: number;
  /** SELECTs that the engine has seen; undefined where it is not installed. */
  readonly compiled: number | undefined;
  /** Files that --fix has written. */
  readonly fixed: readonly string[];
  /** The text of each file with a finding, for showing the line. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Judges all definitions; with `fix` first writes what can be put right without a decision. */
export async function validate(
  ports: ValidatePorts,
  options: { readonly today: string; readonly fix: boolean },
): Promise<Validation> {
  const first = await look(ports, options.today);
  const fixed = options.fix ? await fix(ports, first.context) : [];
  const { pipeline, context } = fixed.length > 0 ? await look(ports, options.today) : first;
  return {
    findings: judge(context),
    files: pipeline.files.length,
    tables: context.definitions.tables.filter((table) => table.rejectsOf === undefined).length,
    views: context.definitions.views.length,
    compiled: context.compiled?.size,
    fixed,
    texts: context.texts,
  };
}

async function look(ports: ValidatePorts, today: string): Promise<{ pipeline: Pipeline; context: Context }> {
  const pipeline = await ports.read();
  const reading = loadDefinitions(pipeline.files);
  const context = contextOf({ ...reading, findings: [...pipeline.findings, ...reading.findings] }, today);
  const compiled = await compileAll(ports, context);
  return { pipeline, context: compiled === undefined ? context : { ...context, compiled } };
}

/** A chain of views longer than this is compiled no further. */
const MOST_ROUNDS = 20;

/**
 * One call where the views' declared types are right; where not, the engine's own are taken and it is asked again, so that
 * one wrong type is not told as a fault of every view above.
 */
async function compileAll(ports: ValidatePorts, context: Context): Promise<ReadonlyMap<string, Compiled> | undefined> {
  const findings = judge(context);
  if (context.sqls.length === 0) return new Map();
  const compile = await ports.compiler();
  if (compile === undefined) return undefined;
  let told: ReadonlyMap<string, readonly { name: string; type: string }[]> = new Map();
  for (let round = 1; ; round++) {
    const question = compileRequest(context, findings, told);
    if (question.request.statements.length === 0) return new Map();
    const compiled = readCompiled(question, await compile(question.request));
    const types = viewTypes(compiled);
    const asked = new Map(question.request.views.map((view) => [`${view.database}.${view.name}`, view.columns]));
    const moved = [...types].some(([view, columns]) => columnsKey(columns) !== columnsKey(asked.get(view) ?? []));
    if (!moved || round === MOST_ROUNDS) return compiled;
    told = types;
  }
}

const VIEW = /^pipeline\/views\/([^/]+)\/([^/]+)\/view\.sql$/;

function viewTypes(
  compiled: ReadonlyMap<string, Compiled>,
): ReadonlyMap<string, readonly { name: string; type: string }[]> {
  return new Map(
    [...compiled].flatMap(([path, result]) => {
      const [, database, name] = VIEW.exec(path) ?? [];
      return database === undefined || !('columns' in result) ? [] : [[`${database}.${name}`, result.columns] as const];
    }),
  );
}

function columnsKey(columns: readonly { readonly name: string; readonly type: string }[]): string {
  return columns.map(({ name, type }) => `${name} ${comparable(type)}`).join();
}

/** Writes formatted SQL and YAML and the views' types; answers the paths that changed. */
async function fix(ports: ValidatePorts, context: Context): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const [path, text] of context.texts) {
    const better = path.endsWith('.sql') ? fixedSql(context, path, text) : fixedYaml(context, path, text);
    if (better === text) continue;
    await ports.write(path, better);
    changed.push(path);
  }
  return changed;
}

function fixedSql(context: Context, path: string, text: string): string {
  const file = context.sqls.find((each) => each.path === path);
  return file?.parsed.ok ? (formatSql(text) ?? text) : text;
}

function fixedYaml(context: Context, path: string, text: string): string {
  const broken = context.findings.some((each) => each.place.path === path && each.rule.startsWith('yaml-'));
  if (broken || !context.trees.has(path)) return text;
  const view = context.definitions.views.find((each) => each.place.path === path);
  const result = view && context.compiled?.get(view.sqlPlace.path);
  if (view === undefined || result === undefined || !('columns' in result)) return formatYaml(text);
  const names = view.columns.map((column) => column.name).join();
  // Other columns than declared are for a person to settle: no type could be written beside the right name.
  if (names !== result.columns.map((column) => column.name).join()) return formatYaml(text);
  const types = view.columns.map((column, index) => {
    const given = result.columns[index]!.type;
    return comparable(column.type) === comparable(given) ? undefined : given;
  });
  return withColumnTypes(text, types);
}
