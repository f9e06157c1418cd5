import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, test } from 'node:test';

/** The rules of the house (CONTRIBUTING.md): which way imports run, and what each room may hold. */

interface Import {
  readonly file: string;
  readonly line: number;
  /** A path from the repository's root for a relative import, else the package's name. */
  readonly target: string;
  readonly relative: boolean;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

const STATIC = /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /(typeof\s+)?\bimport\(\s*['"]([^'"]+)['"]/g;

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sources(path);
      return /\.[cm]?[jt]s$/.test(entry.name) ? [path] : [];
    })
    .sort();
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(file, 'utf8');
  const found = (pattern: RegExp, dynamic: boolean): readonly Import[] =>
    [...text.matchAll(pattern)].map((match) => {
      const [, type, name] = match as unknown as [string, string | undefined, string];
      const relative = name.startsWith('.');
      const target = relative ? normalize(join(dirname(file), name)).replaceAll('\\', '/') : packageOf(name);
      const line = text.slice(0, match.index).split('\n').length;
      return { file, line, target, relative, typeOnly: type !== undefined, dynamic };
    });
  return [...found(STATIC, false), ...found(DYNAMIC, true)];
}

function packageOf(name: string): string {
  if (name.startsWith('node:')) return name;
  if (builtinModules.includes(name)) return `node:${name}`;
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

const scripts = sources('scripts');
const lake = sources('lake');
const imports = scripts.flatMap(importsOf);
const show = ({ file, line, target }: Import): string => `${file}:${line} imports ${target}`;
const inside = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);

function none(wrong: readonly Import[]): void {
  assert.deepEqual(wrong.map(show), []);
}

describe('imports run one way', () => {
  test('there is something to look at', () => {
    assert.ok(scripts.length > 20 && lake.length > 20);
    assert.ok(imports.length > scripts.length);
    assert.ok(imports.some((each) => each.file === 'scripts/adapters/lake.ts' && each.target === 'weir-lake'));
  });

  test('core imports only core, and schemas', () => {
    const own = imports.filter((each) => inside(each.file, 'scripts/core') && each.relative);
    none(own.filter(({ target }) => !inside(target, 'scripts/core') && !inside(target, 'schemas')));
  });

  test('commands import only commands and core, and the types of adapters', () => {
    const own = imports.filter((each) => inside(each.file, 'scripts/commands') && each.relative);
    none(own.filter(({ target, typeOnly }) => !typeOnly && !/^scripts\/(commands|core|samples)\//.test(target)));
  });

  test('adapters import only adapters and core', () => {
    const own = imports.filter((each) => inside(each.file, 'scripts/adapters') && each.relative);
    none(own.filter(({ target }) => !/^scripts\/(adapters|core)\//.test(target)));
  });

  test('samples import only samples and core, and no package', () => {
    const own = imports.filter((each) => inside(each.file, 'scripts/samples'));
    none(own.filter(({ target, relative }) => !relative || !/^scripts\/(samples|core)\//.test(target)));
  });

  test('entries import only scripts', () => {
    const own = imports.filter((each) => dirname(each.file) === 'scripts' && each.relative);
    none(own.filter(({ target }) => !inside(target, 'scripts')));
  });

  test('nothing imports bench, and bench knows the lake only over the wire', () => {
    const all = [...scripts, ...lake, ...sources('test')].flatMap(importsOf);
    none(all.filter(({ target, relative }) => relative && inside(target, 'bench')));
    const own = sources('bench').flatMap(importsOf);
    assert.ok(own.length > 5);
    none(own.filter(({ target }) => target === 'weir-lake' || inside(target, 'lake')));
  });

  test('nothing imports an entry', () => {
    none(imports.filter(({ target, relative }) => relative && dirname(target) === 'scripts'));
  });

  test('no file of scripts needs itself by way of others', () => {
    const needs = new Map<string, readonly string[]>();
    for (const { file, target, relative, typeOnly } of imports) {
      if (relative && !typeOnly) needs.set(file, [...(needs.get(file) ?? []), target]);
    }
    const reached = (file: string): ReadonlySet<string> => {
      const seen = new Set<string>();
      const open = [...(needs.get(file) ?? [])];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        if (!seen.has(next)) open.push(...(needs.get(next) ?? []));
        seen.add(next);
      }
      return seen;
    };
    assert.ok(reached('scripts/load.ts').has('scripts/core/load/index.ts'));
    assert.deepEqual(
      scripts.filter((file) => reached(file).has(file)),
      [],
    );
  });

  test('nothing imports what is not there', () => {
    none(imports.filter(({ target, relative }) => relative && !existsSync(target)));
  });
});

describe('core is pure', () => {
  const core = scripts.filter((file) => inside(file, 'scripts/core'));

  test('no built-in of Node but hashing, and no SDK', () => {
    const own = imports.filter((each) => inside(each.file, 'scripts/core') && !each.relative);
    none(own.filter(({ target }) => target.startsWith('node:') && target !== 'node:crypto'));
    none(own.filter(({ target }) => SDK.test(target)));
  });

  const FORBIDDEN: readonly (readonly [string, RegExp])[] = [
    ['async or await', /\b(async|await)\b(?!\w*[:'])/],
    ['the clock', /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/],
    ['chance', /\bMath\.random\(|\brandomUUID\(|\brandomBytes\(/],
    ['the process', /\bprocess\.\w|\bglobalThis\b/],
    ['the console', /\bconsole\.\w/],
    ['timers or the network', /\b(setTimeout|setInterval|fetch)\(/],
  ];
  const SAMPLES = [
    'const x = async () => 1;',
    'return new Date();',
    'Math.random()',
    'process.env.HOME',
    'console.log(1)',
    'await fetch(url)',
  ];
  for (const [index, [what, pattern]] of FORBIDDEN.entries()) {
    test(`the search for ${what} finds it`, () => assert.match(withoutText(SAMPLES[index] ?? ''), pattern));
    test(`no ${what}`, () => {
      const wrong = core.flatMap((file) =>
        withoutText(readFileSync(file, 'utf8'))
          .split('\n')
          .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [])),
      );
      assert.deepEqual(wrong, []);
    });
  }
});

/** Comments and strings may speak of what code must not do. */
function withoutText(source: string): string {
  const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
  return source.replace(/\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|(?<![:'"`\\])\/\/[^\n]*/g, blank);
}

const SDK = /^(@aws-sdk|@smithy|@actions)\//;

describe('SDKs stay at the edge', () => {
  test('only adapters import an SDK', () => {
    none(imports.filter(({ file, target }) => SDK.test(target) && !inside(file, 'scripts/adapters')));
  });
});

describe('the lake is a stranger', () => {
  test('scripts know it by one dynamic import', () => {
    const known = imports.filter(({ target }) => target === 'weir-lake' || inside(target, 'lake'));
    assert.deepEqual([...new Set(known.map(({ file }) => file))], ['scripts/adapters/lake.ts']);
    assert.ok(known.every(({ dynamic }) => dynamic));
  });

  test('the lake imports nothing of Weir', () => {
    none(lake.flatMap(importsOf).filter(({ target, relative }) => relative && !inside(target, 'lake')));
    none(lake.flatMap(importsOf).filter(({ target }) => target === 'weir'));
  });

  test('the lake declares every package that it imports', () => {
    const own = JSON.parse(readFileSync('lake/package.json', 'utf8')) as Record<string, Record<string, string>>;
    const declared = new Set(Object.keys({ ...own.dependencies, ...own.optionalDependencies }));
    const used = lake.filter((file) => inside(file, 'lake/src') || inside(file, 'lake/bin')).flatMap(importsOf);
    none(used.filter(({ target, relative }) => !relative && !target.startsWith('node:') && !declared.has(target)));
  });

  test('scripts import only what is installed without dev packages', () => {
    const own = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>;
    const declared = new Set(Object.keys(own.dependencies ?? {}));
    const outside = imports.filter(({ target, relative }) => !relative && !target.startsWith('node:'));
    none(outside.filter(({ target }) => target !== 'weir-lake' && !declared.has(target)));
  });
});

describe('npm scripts are the one list of verbs', () => {
  const own = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

  test('every entry has the npm script of its name', () => {
    const verbs = scripts.filter((file) => dirname(file) === 'scripts').map((file) => basename(file, '.ts'));
    assert.ok(verbs.length > 8);
    for (const verb of verbs) {
      assert.equal(own.scripts[verb], `tsx scripts/${verb}.ts`);
      assert.match(readFileSync(`scripts/${verb}.ts`, 'utf8'), new RegExp(`^ +name: '${verb}',$`, 'm'));
    }
  });

  test('every file that an npm script names is there', () => {
    const named = Object.values(own.scripts).flatMap(
      (line) => line.match(/\b(scripts|bench|lake|test)\/[\w./-]+/g) ?? [],
    );
    assert.ok(named.length > 12);
    assert.deepEqual(
      named.filter((file) => !existsSync(file)),
      [],
    );
  });
});

describe('names and sizes', () => {
  const all = [...scripts, ...lake.filter((file) => inside(file, 'lake/src')), ...sources('test')];

  test('no file says nothing by its name', () => {
    assert.deepEqual(
      all.filter((file) => /^(utils?|helpers?|managers?|misc|common)\b/i.test(basename(file))),
      [],
    );
  });

  test('no default exports', () => {
    const wrong = all.filter((file) => file.endsWith('.ts') && /^export default /m.test(readFileSync(file, 'utf8')));
    assert.deepEqual(wrong, []);
  });

  test('a file can be read in one sitting', () => {
    const long = [...scripts, ...lake.filter((file) => inside(file, 'lake/src'))]
      .map((file) => [file, readFileSync(file, 'utf8').split('\n').length] as const)
      .filter(([, lines]) => lines > 400);
    assert.deepEqual(long, []);
  });

  test('no test is skipped or alone', () => {
    const wrong = sources('test').filter((file) => {
      const text = withoutText(readFileSync(file, 'utf8'));
      return /\b(test|it|describe)\.(skip|only|todo)\b|\b(skip|only|todo): *true/.test(text);
    });
    assert.deepEqual(wrong, []);
  });
});
