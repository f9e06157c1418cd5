import { createHash } from 'node:crypto';
import type { CatalogPartition, CatalogTable } from '../../scripts/core/model/catalog.ts';
import { AwsFault } from '../../scripts/core/model/fault.ts';
import type {
  AthenaPort,
  EntryFailure,
  GluePort,
  Notice,
  ObjectInfo,
  QueryOutcome,
  QueryRows,
  S3Port,
  SnsPort,
  StartQuery,
} from '../../scripts/core/model/ports.ts';

/**
 * A lake in memory for tests that must run thousands of times: Glue, S3, Athena and SNS as `load` needs them. Its engine knows
 * just the statements that a load of the test's tables makes; the journeys show that real engines take them too.
 */
export interface Memory {
  readonly objects: Map<string, { body: string; etag: string }>;
  readonly tables: Map<string, CatalogTable>;
  readonly partitions: Map<string, Map<string, CatalogPartition>>;
  readonly deleted: string[];
  readonly queries: Map<string, Execution>;
  readonly tokens: Map<string, string>;
  readonly notices: Notice[];
  count: number;
}

interface Execution {
  readonly sql: string;
  readonly outcome: QueryOutcome;
  readonly rows: QueryRows;
}

export interface MemoryPorts {
  readonly glue: GluePort;
  readonly s3: S3Port;
  readonly athena: AthenaPort;
  readonly sns?: SnsPort;
}

export function emptyMemory(): Memory {
  return {
    objects: new Map(),
    tables: new Map(),
    partitions: new Map(),
    deleted: [],
    queries: new Map(),
    tokens: new Map(),
    notices: [],
    count: 0,
  };
}

export function copyMemory(memory: Memory): Memory {
  return {
    objects: new Map(memory.objects),
    tables: new Map(memory.tables),
    partitions: new Map([...memory.partitions].map(([name, entries]) => [name, new Map(entries)])),
    deleted: [...memory.deleted],
    queries: new Map(memory.queries),
    tokens: new Map(memory.tokens),
    notices: [...memory.notices],
    count: memory.count,
  };
}

export function putObject(memory: Memory, path: string, body: string): string {
  const etag = createHash('md5').update(body).digest('hex');
  memory.objects.set(path, { body, etag });
  return etag;
}

export function memoryPorts(memory: Memory): MemoryPorts {
  const sns: SnsPort = { publish: async (notice) => void memory.notices.push(notice) };
  return { glue: glueOf(memory), s3: s3Of(memory), athena: athenaOf(memory), sns };
}

function s3Of(memory: Memory): S3Port {
  const info = (path: string): ObjectInfo => {
    const { body, etag } = memory.objects.get(path)!;
    return {
      key: path.slice(path.indexOf('/') + 1),
      size: body.length,
      etag,
      lastModified: '2025-03-05T07:00:00.000Z',
    };
  };
  return {
    async *list(bucket, prefix) {
      for (const path of [...memory.objects.keys()].toSorted()) {
        if (path.startsWith(`${bucket}/${prefix}`)) yield info(path);
      }
    },
    head: async (bucket, key) => (memory.objects.has(`${bucket}/${key}`) ? info(`${bucket}/${key}`) : undefined),
    get: async (bucket, key) => {
      const found = memory.objects.get(`${bucket}/${key}`);
      return found && { body: new TextEncoder().encode(found.body), etag: found.etag };
    },
    put: async (bucket, key, body, options = {}) => {
      const path = `${bucket}/${key}`;
      const live = memory.objects.get(path);
      const { condition } = options;
      if (condition !== undefined) {
        const holds = 'ifNoneMatch' in condition ? live === undefined : live?.etag === condition.ifMatch;
        if (!holds) return undefined;
      }
      return putObject(memory, path, typeof body === 'string' ? body : new TextDecoder().decode(body));
    },
    delete: async (bucket, keys) => {
      for (const key of keys) {
        memory.deleted.push(`${bucket}/${key}`);
        memory.objects.delete(`${bucket}/${key}`);
      }
      return [];
    },
  };
}

const key = (values: readonly string[]): string => JSON.stringify(values);

function glueOf(memory: Memory): GluePort {
  const entriesOf = (database: string, table: string): Map<string, CatalogPartition> => {
    const name = `${database}.${table}`;
    const entries = memory.partitions.get(name) ?? new Map<string, CatalogPartition>();
    memory.partitions.set(name, entries);
    return entries;
  };
  const write =
    (wanted: boolean, code: string) =>
    async (database: string, table: string, list: readonly CatalogPartition[]): Promise<readonly EntryFailure[]> => {
      const entries = entriesOf(database, table);
      return list.flatMap((entry) => {
        if (entries.has(key(entry.values)) !== wanted) return [{ values: entry.values, code, message: '' }];
        entries.set(key(entry.values), entry);
        return [];
      });
    };
  return {
    listDatabases: async () => [{ name: 'weir_staging', description: undefined, location: undefined, parameters: {} }],
    listTables: async (database) => [...memory.tables.values()].filter((table) => table.database === database),
    getTable: async (database, name) => memory.tables.get(`${database}.${name}`),
    listPartitions: async (database, table) => [...entriesOf(database, table).values()],
    createPartitions: write(false, 'AlreadyExistsException'),
    updatePartitions: write(true, 'EntityNotFoundException'),
    deletePartitions: async () => {
      throw new Error('a load never deletes a partition');
    },
    createTable: async () => {
      throw new Error('a load never creates a table by Glue');
    },
    updateTable: async (table, { versionId }) => {
      const name = `${table.database}.${table.name}`;
      const live = memory.tables.get(name);
      if (live?.versionId !== versionId) throw fault('conflict', 'ConcurrentModificationException', 'glue:UpdateTable');
      memory.tables.set(name, { ...table, versionId: String(Number(versionId) + 1) });
    },
    deleteTable: async (database, name) => {
      if (!database.endsWith('weir_staging')) throw new Error(`a load never deletes ${database}.${name}`);
      if (!memory.tables.delete(`${database}.${name}`))
        throw fault('not-found', 'EntityNotFoundException', 'glue:DeleteTable');
    },
    updateDatabase: async () => undefined,
  };
}

export function fault(faultClass: AwsFault['faultClass'], code: string, api: string): AwsFault {
  return new AwsFault({ faultClass, code, api }, `${api}: ${code}`, 'none');
}

const STATISTICS = { bytesScanned: 1, engineMs: 1, totalMs: 1 };
const NO_ROWS: QueryRows = { columns: [], rows: [] };

function athenaOf(memory: Memory): AthenaPort {
  return {
    start: async (query: StartQuery) => {
      const known = query.token === undefined ? undefined : memory.tokens.get(query.token);
      if (known !== undefined) {
        if (memory.queries.get(known)!.sql !== query.sql)
          throw fault('permanent', 'InvalidRequestException', 'athena:Start');
        return known;
      }
      memory.count += 1;
      const queryId = `query-${memory.count}`;
      if (query.token !== undefined) memory.tokens.set(query.token, queryId);
      memory.queries.set(queryId, { sql: query.sql, ...execute(memory, queryId, query.sql) });
      return queryId;
    },
    wait: async (queryId) => memory.queries.get(queryId)!.outcome,
    stop: async () => undefined,
    rows: async (queryId) => memory.queries.get(queryId)!.rows,
  };
}

function execute(memory: Memory, queryId: string, sql: string): { outcome: QueryOutcome; rows: QueryRows } {
  const done: QueryOutcome = {
    state: 'succeeded',
    queryId,
    statistics: STATISTICS,
    outputLocation: undefined,
    manifestLocation: undefined,
  };
  const made = /^CREATE TABLE (\S+)\nWITH \(([\s\S]*?)\n\)\nAS SELECT/.exec(sql);
  if (made) {
    const reason = create(memory, made[1]!, made[2]!, sql);
    if (reason === undefined) return { outcome: done, rows: NO_ROWS };
    return { outcome: { state: 'failed', queryId, reason, statistics: STATISTICS }, rows: NO_ROWS };
  }
  if (sql.startsWith('SELECT weir_path, ')) return { outcome: done, rows: { columns: [], rows: mapRows(memory, sql) } };
  const read = /FROM (\S+) AS t/.exec(sql) ?? /FROM (\S+)\s+WHERE weir_rows/.exec(sql);
  const table = read && memory.tables.get(read[1]!);
  if (!table) {
    const reason = `TABLE_NOT_FOUND: ${read?.[1] ?? sql}`;
    return { outcome: { state: 'failed', queryId, reason, statistics: STATISTICS }, rows: NO_ROWS };
  }
  const [, rows] = /weir_rows = '(\w+)'/.exec(sql) ?? [];
  const found = rows === 'rejected' ? rejectRows(memory, table) : countRows(memory, table, rows);
  return { outcome: done, rows: { columns: [], rows: found } };
}

/** CTAS: the lines of the landing files of the days, one object for each partition. */
function create(memory: Memory, name: string, properties: string, sql: string): string | undefined {
  const location = /external_location = '([^']*)'/.exec(properties)![1]!.replace('s3://', '');
  if (memory.tables.has(name)) return `TABLE_ALREADY_EXISTS: ${name}`;
  if ([...memory.objects.keys()].some((path) => path.startsWith(location)))
    return `HIVE_PATH_ALREADY_EXISTS: ${location}`;
  const columns = /\nAS SELECT (.*)\n/.exec(sql)![1]!.split(', ');
  const partitioned = columns.includes('day');
  const rejecting = properties.includes("'weir_rows'");
  if (sql.includes('"$path" AS weir_path FROM')) {
    if (sql.includes('"$path" IN ()')) return "SYNTAX_ERROR: mismatched input ')'";
    writeFiles(memory, location, sql, rejecting);
    register(memory, name, location, columns);
    return undefined;
  }
  const source = /FROM land\.(\w+)/.exec(sql)![1]!;
  const [, from = '', to = '9'] = /BETWEEN DATE '(.*?)' AND DATE '(.*?)'/.exec(sql) ?? [];
  const only = /\nWHERE day IN \((.*)\)/.exec(sql)?.[1];
  for (const [path, object] of [...memory.objects]) {
    const day = new RegExp(`^landing/${source}/(?:([^/]+)/)?[^/]+$`).exec(path);
    if (!day || (day[1] !== undefined && (day[1] < from || day[1] > to))) continue;
    if (only !== undefined && !only.includes(`'${day[1]}'`)) continue;
    for (const [rows, lines] of setApart(linesIn(object.body, sql), rejecting)) {
      if (lines.length === 0) continue;
      const folder = `${location}${rows}${partitioned ? `day=${day[1]}/` : ''}`;
      putObject(memory, `${folder}part-${createHash('md5').update(path).digest('hex').slice(0, 6)}`, lines.join('\n'));
    }
  }
  register(memory, name, location, columns);
  return undefined;
}

/** A bad line; in mode files its day is before it. */
const isBad = (line: string): boolean => /^(\S+:)?bad\b/.test(line);

/** With rejects, lines that begin with `bad` go to a folder of their own. */
function setApart(lines: readonly string[], rejecting: boolean): readonly (readonly [string, readonly string[]])[] {
  if (!rejecting) return [['', lines]];
  return [
    ['weir_rows=accepted/', lines.filter((line) => line !== '' && !isBad(line))],
    ['weir_rows=rejected/', lines.filter(isBad)],
  ];
}

/** The table that a CTAS made; of its columns `line` and `day` are text, all others dates. */
function register(memory: Memory, name: string, location: string, columns: readonly string[]): void {
  const [database = '', table = ''] = name.split('.');
  const column = (each: string) => ({
    name: each,
    type: each === 'line' || each === 'day' ? 'string' : 'date',
    comment: undefined,
  });
  const blank = blankTable(database, table, `s3://${location}`);
  memory.tables.set(name, {
    ...blank,
    storage: { ...blank.storage, columns: columns.filter((each) => each !== 'day').map(column) },
    partitionKeys: columns.filter((each) => each === 'day').map(column),
  });
}

/** What the SELECT makes of the lines of a landing file: it may put something behind each. */
function linesIn(body: string, sql: string): readonly string[] {
  const behind = /concat\(line, '([^']*)'\)/.exec(sql)?.[1] ?? '';
  const lines = body.split('\n').slice(1);
  return lines.flatMap((line) => (line === '' ? [] : [line + behind]));
}

/** Mode files: a line `day:value` goes to its day's partition. */
function linesOf(memory: Memory, sql: string): { path: string; day: string; line: string }[] {
  const listed = /"\$path" IN \(([^)]*)\)/.exec(sql)?.[1] ?? '';
  return [...listed.matchAll(/'s3:\/\/([^']*)'/g)].flatMap(([, path = '']) => {
    const lines = linesIn(memory.objects.get(path)?.body ?? '', sql);
    return lines.map((line) => ({ path, day: line.split(':')[0]!, line }));
  });
}

function mapRows(memory: Memory, sql: string): string[][] {
  const pairs = linesOf(memory, sql).map(({ path, day }) => JSON.stringify([`s3://${path}`, day, '1']));
  return [...new Set(pairs)].map((each) => JSON.parse(each));
}

function writeFiles(memory: Memory, location: string, sql: string, rejecting: boolean): void {
  const only = /\nWHERE day IN \((.*)\)/.exec(sql)![1]!;
  for (const { path, day, line } of linesOf(memory, sql)) {
    if (!only.includes(`'${day}'`)) continue;
    const rows = !rejecting ? '' : isBad(line) ? 'weir_rows=rejected/' : 'weir_rows=accepted/';
    const key = `${location}${rows}day=${day}/part-${createHash('md5').update(path).digest('hex').slice(0, 6)}`;
    const before = memory.objects.get(key)?.body;
    putObject(memory, key, before === undefined ? line : `${before}\n${line}`);
  }
}

function rejectRows(memory: Memory, table: CatalogTable): (string | null)[][] {
  const prefix = `${table.storage.location.replace('s3://', '')}weir_rows=rejected/`;
  return [...memory.objects].flatMap(([path, { body }]) => {
    if (!path.startsWith(prefix)) return [];
    const day = /day=([^/]+)\//.exec(path)?.[1];
    const count = String(body.split('\n').length);
    return [[...(day === undefined ? [] : [day]), 'it is bad', count, `\n{"line":"bad"}`]];
  });
}

function countRows(memory: Memory, table: CatalogTable, rows: string | undefined): (string | null)[][] {
  const counts = new Map<string, number>();
  const bad = new Map<string, number>();
  const location = table.storage.location.replace('s3://', '');
  for (const [path, { body }] of memory.objects) {
    if (!path.startsWith(rows === undefined ? location : `${location}weir_rows=${rows}/`)) continue;
    const day = /day=([^/]+)\//.exec(path)?.[1] ?? '';
    const lines = body.split('\n').filter((line) => line !== '');
    counts.set(day, (counts.get(day) ?? 0) + lines.length);
    bad.set(day, (bad.get(day) ?? 0) + lines.filter(isBad).length);
  }
  return [...counts].map(([day, rows]) => [...(day === '' ? [] : [day]), String(rows), String(bad.get(day) ?? 0)]);
}

export function blankTable(database: string, name: string, location: string): CatalogTable {
  const column = (each: string) => ({ name: each, type: 'string', comment: undefined });
  return {
    database,
    name,
    tableType: 'EXTERNAL_TABLE',
    description: undefined,
    owner: undefined,
    storage: {
      columns: [column('line')],
      location,
      inputFormat: undefined,
      outputFormat: undefined,
      serde: { library: undefined, parameters: {} },
      compressed: false,
      rest: {},
    },
    partitionKeys: [],
    parameters: { 'weir.managed': 'true' },
    viewOriginalText: undefined,
    viewExpandedText: undefined,
    versionId: '1',
    rest: {},
  };
}
