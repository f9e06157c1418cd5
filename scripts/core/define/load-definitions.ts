import type { Backfill, Definitions, SavedQuery, TableDefinition, ViewDefinition } from '../model/definition.ts';
import type { Finding, Place } from '../model/finding.ts';
import { fault } from '../rules/catalogue.ts';
import { BACKFILL_FILE, readBackfill } from './backfill.ts';
import { historyTables, withHistory } from './history.ts';
import { NO_LAKE, readLake } from './lake.ts';
import { rejectsTable } from './rejects.ts';
import { checkSchema, type SchemaName } from './schema.ts';
import type { SourceFile } from './source.ts';
import { readTable } from './table.ts';
import type { Tree } from './tree.ts';
import { readAllowances, readQuery, readView } from './view.ts';
import { readYaml } from './yaml.ts';

/** What the files say, with what is wrong with their form; rules/ then judge what they mean. */
export interface Reading {
  readonly definitions: Definitions;
  readonly findings: readonly Finding[];
  /** The YAML of each file that could be read, for the places of its parts. */
  readonly trees: ReadonlyMap<string, Tree>;
  readonly texts: ReadonlyMap<string, string>;
  /** Files with parts that could not be read: what is missing there is no other file's fault. */
  readonly partial: ReadonlySet<string>;
}

const TABLE_FILE = /^pipeline\/tables\/([^/]+)\/([^/]+)\/(.+)$/;
const VIEW_FILE = /^pipeline\/views\/([^/]+)\/([^/]+)\/(.+)$/;
const QUERY_FILE = /^pipeline\/queries\/([^/]+)\.sql$/;
/** Folders of pipeline/ that other verbs read. */
const ELSEWHERE = /^pipeline\/(dashboards|sources)\//;
/** What an editor or a clone leaves behind. */
const IGNORED = /(^|\/)(\.gitkeep|\.DS_Store|README\.md)$/;

/** Reads every definition below pipeline/. Pure: files in, model and findings out. */
export function loadDefinitions(files: readonly SourceFile[]): Reading {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const findings: Finding[] = [];
  const trees = new Map<string, Tree>();
  const partial = new Set<string>();
  const texts = new Map(sorted.map((file) => [file.path, file.text]));
  const byPath = new Map(sorted.map((file) => [file.path, file]));
  const read = (path: string, schema: SchemaName): Tree | undefined => {
    const file = byPath.get(path);
    if (file === undefined) return undefined;
    const yaml = readYaml(file);
    // What is missing after these is not the schema's to tell.
    const cut = yaml.findings.some(({ rule }) => rule === 'yaml-syntax' || rule === 'yaml-alias');
    const faults = yaml.tree === undefined || cut ? [] : checkSchema(schema, yaml.tree);
    findings.push(...yaml.findings, ...faults);
    if (yaml.tree !== undefined) trees.set(path, yaml.tree);
    if (yaml.findings.length > 0 || faults.some((fault) => fault.rule !== 'unknown-key')) partial.add(path);
    return yaml.tree;
  };

  const lakeTree = read('pipeline/lake.yaml', 'lake');
  if (!texts.has('pipeline/lake.yaml')) findings.push(missing(NO_LAKE.place, 'lake.yaml'));
  const tables = objectFolders(sorted, TABLE_FILE).flatMap((folder): TableDefinition[] => {
    const path = `${folder.path}/table.yaml`;
    const tree = read(path, 'table');
    if (!texts.has(path)) findings.push(missing({ path, line: 1, column: 1 }, 'table.yaml'));
    findings.push(...strangers(folder, /^(table\.yaml|load\.sql|checks\/[^/]+\.sql)$/));
    const load = folder.files.find((file) => file.path === `${folder.path}/load.sql`);
    const checks = folder.files.filter((file) => file.path.startsWith(`${folder.path}/checks/`));
    const names = { database: folder.database, name: folder.name, folder: folder.path };
    return [readTable(tree ?? unreadable(path, partial), { ...names, load, checks })];
  });
  const views = objectFolders(sorted, VIEW_FILE).flatMap((folder): ViewDefinition[] => {
    const path = `${folder.path}/view.yaml`;
    const sqlPath = `${folder.path}/view.sql`;
    const tree = read(path, 'view');
    if (!texts.has(path)) findings.push(missing({ path, line: 1, column: 1 }, 'view.yaml'));
    if (!texts.has(sqlPath)) findings.push(missing({ path: sqlPath, line: 1, column: 1 }, 'view.sql'));
    findings.push(...strangers(folder, /^view\.(yaml|sql)$/));
    return [readView(tree ?? unreadable(path, partial), folder, { path: sqlPath, text: texts.get(sqlPath) ?? '' })];
  });
  const allowTree = read('pipeline/allow.yaml', 'allow');
  const backfills = sorted.flatMap(({ path }): Backfill[] => {
    const tree = BACKFILL_FILE.test(path) ? read(path, 'backfill') : undefined;
    return tree === undefined ? [] : [readBackfill(tree, path) ?? []].flat();
  });
  const queries = sorted.flatMap((file): SavedQuery[] => (QUERY_FILE.test(file.path) ? [readQuery(file)] : []));
  findings.push(...unknownFiles(sorted));
  const lake = lakeTree === undefined ? NO_LAKE : readLake(lakeTree);
  const definitions: Definitions = {
    lake: withHistory(lake),
    tables: [...tables, ...tables.flatMap((table) => rejectsTable(table) ?? []), ...historyTables(lake)],
    views,
    queries,
    allowances: allowTree === undefined ? [] : readAllowances(allowTree),
    backfills,
  };
  return { definitions, findings, trees, texts, partial };
}

/** An object whose YAML cannot be read is still there: its SQL is judged, and those that read it are not at fault. */
function unreadable(path: string, partial: Set<string>): Tree {
  partial.add(path);
  return { kind: 'map', place: { path, line: 1, column: 1 }, entries: [] };
}

interface ObjectFolder {
  readonly path: string;
  readonly database: string;
  readonly name: string;
  readonly files: readonly SourceFile[];
}

function objectFolders(files: readonly SourceFile[], pattern: RegExp): readonly ObjectFolder[] {
  const folders = new Map<string, ObjectFolder & { files: SourceFile[] }>();
  for (const file of files) {
    const match = pattern.exec(file.path);
    if (match === null) continue;
    const [, database, name, rest] = match as unknown as [string, string, string, string];
    const path = file.path.slice(0, -rest.length - 1);
    const folder = folders.get(path) ?? { path, database, name, files: [] };
    folder.files.push(file);
    folders.set(path, folder);
  }
  return [...folders.values()];
}

function missing(place: Place, name: string): Finding {
  const message = `${name} is missing`;
  return fault('missing-file', place, message, 'write it, or remove its folder');
}

function strangers(folder: ObjectFolder, known: RegExp): readonly Finding[] {
  return folder.files
    .filter((file) => !IGNORED.test(file.path) && !known.test(file.path.slice(folder.path.length + 1)))
    .map((file) => unknownFile(file.path));
}

function unknownFiles(files: readonly SourceFile[]): readonly Finding[] {
  const homes = [
    TABLE_FILE,
    VIEW_FILE,
    QUERY_FILE,
    BACKFILL_FILE,
    ELSEWHERE,
    IGNORED,
    /^pipeline\/(lake|allow)\.yaml$/,
  ];
  return files.filter((file) => !homes.some((home) => home.test(file.path))).map((file) => unknownFile(file.path));
}

function unknownFile(path: string): Finding {
  const cure = 'docs/formats.md lists the files; rename it, or move it out of pipeline/';
  return fault('unknown-file', { path, line: 1, column: 1 }, 'no verb of Weir reads this file', cure);
}
