import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { readPipeline } from '../../scripts/adapters/files.ts';
import { readDefinitions } from '../../scripts/commands/definitions.ts';
import { planLake } from '../../scripts/commands/plan.ts';
import { auditQueries, sampleQuery } from '../../scripts/core/check/index.ts';
import type { SourceFile } from '../../scripts/core/define/index.ts';
import { ctas, type LoadedTable, mappingQuery } from '../../scripts/core/load/index.ts';
import type { ActualLake } from '../../scripts/core/model/actual.ts';
import type { Definitions } from '../../scripts/core/model/definition.ts';
import { UserError } from '../../scripts/core/model/exit.ts';
import { snapshotFiles } from '../../scripts/core/plan/snapshot.ts';
import { inPart } from '../part.ts';
import { notOneStatement, PAYLOADS, statementKinds } from './payloads.ts';
import { catalogOf } from './pure-catalog.ts';

// Hostile text in every value, key and path of the definitions, and in everything that data brings: each statement that
// comes of it is one statement still, or the definitions are refused in plain words. WEIR_PAYLOADS=all tries every text
// everywhere, a number N every Nth in each place; `npm test` tries each place with some. WEIR_PART: a part of the places.

const ASKED = process.env.WEIR_PAYLOADS;
const STEP = ASKED === 'all' ? 1 : Number(ASKED ?? 613);
const ALL = ASKED !== undefined;
const HOME = 'test/cases/validate/base';

const BACKFILL = {
  path: 'pipeline/backfills/again.yaml',
  text: `tables: [shop_main.orders]
from: "2024-01-01"
to: "2024-01-31"
except: ["2024-01-06"]
reason: a file was late
opened: "2024-02-01"
status: open
`,
};

let base: readonly SourceFile[] = [];
let catalog: ActualLake;
before(async () => {
  base = [...(await readPipeline(HOME)).files, { path: BACKFILL.path, text: BACKFILL.text }];
  const definitions = read(base);
  catalog = catalogOf(definitions, definitions.lake.environments.local!);
});

function read(files: readonly SourceFile[]): Definitions {
  return readDefinitions({ files, findings: [] });
}

/** A way to put a text into the definitions. */
interface Place {
  readonly name: string;
  /** True for a part of a path: a file system takes no slash, no NUL, no half character, and 255 bytes. */
  readonly path: boolean;
  readonly put: (text: string) => readonly SourceFile[];
}

type Step = string | number;

/** Every scalar and every key of every YAML file, and every part of every path. */
function places(): readonly Place[] {
  return base.flatMap((file): Place[] => {
    const parts = file.path.split('/');
    const paths = parts.map((part, at): Place => {
      const name = `${file.path} path ${at}`;
      const folder = parts.slice(0, at + 1).join('/');
      const renamed = (text: string): string => {
        const end = at === parts.length - 1 ? text + part.slice(part.lastIndexOf('.')) : text;
        return [...parts.slice(0, at), end].join('/');
      };
      const under = (path: string): boolean => path === folder || path.startsWith(`${folder}/`);
      return {
        name,
        path: true,
        put: (text) =>
          base.map((each) =>
            under(each.path) ? { ...each, path: renamed(text) + each.path.slice(folder.length) } : each,
          ),
      };
    });
    const own = paths.slice(1);
    if (!file.path.endsWith('.yaml')) return own;
    const data: unknown = parse(file.text);
    const inside = leaves(data).map(([steps, key]): Place => {
      const put = (text: string): readonly SourceFile[] => {
        const changed = key ? withKey(data, steps, text) : withValue(data, steps, text);
        return base.map((each) => (each === file ? { path: file.path, text: stringify(changed) } : each));
      };
      return { name: `${file.path} ${steps.join('.')}${key ? ' (key)' : ''}`, path: false, put };
    });
    return [...own, ...inside];
  });
}

function leaves(data: unknown, at: readonly Step[] = []): readonly (readonly [steps: readonly Step[], key: boolean])[] {
  if (data === null || typeof data !== 'object') return [[at, false]];
  return Object.entries(data).flatMap(([key, value]) => {
    const steps = [...at, Array.isArray(data) ? Number(key) : key];
    return [...(Array.isArray(data) ? [] : [[steps, true] as const]), ...leaves(value, steps)];
  });
}

function withValue(data: unknown, [step, ...rest]: readonly Step[], text: string): unknown {
  if (step === undefined) return text;
  if (Array.isArray(data)) return data.map((each, at) => (at === step ? withValue(each, rest, text) : each));
  const entries = Object.entries(data as object);
  return new Map(entries.map(([key, value]) => [key, key === step ? withValue(value, rest, text) : value]));
}

function withKey(data: unknown, [step, ...rest]: readonly Step[], text: string): unknown {
  if (Array.isArray(data)) return data.map((each, at) => (at === step ? withKey(each, rest, text) : each));
  const entries = Object.entries(data as object);
  return new Map(
    entries.map(([key, value]) => {
      if (key !== step) return [key, value];
      return rest.length === 0 ? [text, value] : [key, withKey(value, rest, text)];
    }),
  );
}

/** Every statement that plan, apply and load would send. */
async function statements(definitions: Definitions): Promise<readonly string[]> {
  const environment = Object.values(definitions.lake.environments).find((each) => each.local);
  if (environment === undefined) return [];
  const request = { definitions, environment, against: 'live', today: '2025-01-01', only: [] } as const;
  const fresh = await planLake({ ...request, read: async () => ({ databases: [], tables: [] }) });
  const changed = await planLake({ ...request, read: async () => catalog });
  const steps = [...fresh.steps, ...changed.steps].flatMap((step) => (step.kind === 'athena' ? [step.sql] : []));
  return [...steps, ...definitions.tables.filter(isLoaded).flatMap((table) => loadStatements(table))];
}

function isLoaded(table: Definitions['tables'][number]): table is LoadedTable {
  return table.load !== undefined;
}

/** `values` and `path` are what data may bring: values of partitions, names of objects. */
function loadStatements(table: LoadedTable, value = '2025', path = 's3://b/x'): readonly string[] {
  const rename = (database: string): string => `prod_${database}`;
  const staging = { database: 'weir_staging', name: 'x' };
  const values = table.partitions.map(() => value);
  const only = values.length === 0 ? undefined : [values];
  const days = { from: '2025-01-01', to: '2025-01-02' };
  const request = { table, staging, location: 's3://b/x/load-1/', days, only, rename };
  const target = { table, rows: staging, rename };
  const samples = table.checks.flatMap((check) => sampleQuery(check, target, only?.[0]) ?? []);
  const reads = table.partitions.length === 0 ? undefined : { table, paths: [path], partitions: [values] };
  const mapped =
    reads === undefined
      ? []
      : [mappingQuery({ table, rename, objects: reads }).sql.replaceAll(/:(from|to)/g, "DATE '2025-01-01'")];
  return [ctas(request), ...auditQueries(target).map((query) => query.sql), ...samples, ...mapped];
}

/** The statements that come of some files; undefined where they are refused in plain words. */
async function outcome(files: readonly SourceFile[], told: string): Promise<readonly string[] | undefined> {
  try {
    return await statements(read(files));
  } catch (error) {
    if (!(error instanceof UserError)) throw new Error(told, { cause: error });
    assert.ok(
      error.message.length < 5_000 && error.cure.length > 0,
      `${told}: the refusal is ${error.message.length} characters long`,
    );
    assert.doesNotMatch(error.message, /\n\s+at /, told);
    return undefined;
  }
}

test('the base gives statements of many kinds, each of them one', async () => {
  for (const sql of await statements(read(base))) assert.equal(notOneStatement(sql), undefined, sql);
  assert.ok(statementKinds() > 15, `${statementKinds()} kinds`);
  assert.ok(PAYLOADS.length >= 524, `${PAYLOADS.length} texts`);
});

test('the judge of statements sees what is not one', () => {
  for (const sql of [
    'SELECT 1; DROP TABLE x',
    'SELECT 1 -- x',
    'DROP TABLE `a`.`b`; DROP TABLE `c`.`d`',
    'SELECT /* x */ 1',
    "SELECT 'a",
    'x y z',
  ]) {
    assert.notEqual(notOneStatement(sql), undefined, sql);
  }
});

/** True for what a file system takes as a part of a path. */
function isName(text: string): boolean {
  return !/[/\0]|\p{Surrogate}/u.test(text) && Buffer.byteLength(text) <= 250;
}

/** The texts of a place, each STEPth. */
function textsOf(place: Place, index: number): readonly string[] {
  const own = PAYLOADS.filter((_, number) => number % STEP === index % STEP);
  return place.path ? own.filter(isName) : own;
}

describe('hostile text in definitions', () => {
  test('is one statement, or a clear refusal', async (context) => {
    const counts = { cases: 0, statements: 0, refused: 0 };
    const at = places();
    for (const [index, place] of [...at.entries()].filter(([each]) => inPart(each))) {
      for (const text of textsOf(place, index)) {
        const told = `${place.name}: ${JSON.stringify(text.slice(0, 60))}`;
        const sent = await outcome(place.put(text), told);
        counts.cases += 1;
        if (sent === undefined) counts.refused += 1;
        for (const sql of sent ?? []) {
          const fault = notOneStatement(sql);
          assert.equal(fault, undefined, `${told}\n${sql.slice(0, 2_000)}`);
          counts.statements += 1;
        }
      }
    }
    context.diagnostic(
      `${PAYLOADS.length} texts, ${at.length} places, ${counts.cases} cases: ${counts.refused} refused, ${counts.statements} statements, each of them one`,
    );
    assert.ok(at.length >= 375, `${at.length} places`);
    if (STEP === 1) assert.equal(counts.cases, wantedCases(at), 'every text in every place');
    const taken = counts.cases - counts.refused;
    assert.ok(counts.refused > 0 && taken > 0, 'some are refused, some are taken');
    assert.ok(counts.statements >= 10 * taken, `${counts.statements} statements of ${taken} lakes`);
  });
});

/** How many cases there are in the places of this part; a path has fewer. */
function wantedCases(all: readonly Place[]): number {
  const own = all.filter((_, index) => inPart(index));
  const paths = own.filter((place) => place.path).length;
  return paths * PAYLOADS.filter(isName).length + (own.length - paths) * PAYLOADS.length;
}

describe('hostile text in data', () => {
  test('in partition values and object names is one statement', () => {
    const loaded = read(base).tables.filter(isLoaded);
    const texts = PAYLOADS.filter((each) => !/\p{Surrogate}|\0/u.test(each));
    for (const text of texts.filter((_, at) => (ALL ? inPart(at) : at % 7 === 0))) {
      for (const table of loaded) {
        for (const sql of [...loadStatements(table, text), ...loadStatements(table, '1', `s3://b/${text}`)]) {
          assert.equal(notOneStatement(sql), undefined, `${JSON.stringify(text.slice(0, 60))}\n${sql.slice(0, 2_000)}`);
        }
      }
    }
  });

  test('in names of the catalog stays inside of the snapshot folder', () => {
    for (const text of PAYLOADS.filter((each) => !/\p{Surrogate}/u.test(each))) {
      const table = { ...catalog.tables[0]!, table: { ...catalog.tables[0]!.table, database: text, name: text } };
      const files = snapshotFiles({ databases: [{ ...catalog.databases[0]!, name: text }], tables: [table] }, 'local');
      for (const { path } of files) {
        assert.doesNotMatch(path, /(^|\/)\.{1,2}(\/|$)|^\/|\\|\0/, JSON.stringify(text.slice(0, 60)));
        assert.ok(path.split('/').length <= 2, path);
      }
    }
  });
});
