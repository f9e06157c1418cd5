import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { readPipeline } from '../../scripts/adapters/files.ts';
import { type ValidatePorts, type Validation, validate } from '../../scripts/commands/validate.ts';
import type { SourceFile } from '../../scripts/core/define/index.ts';
import { renderAnnotation, renderFinding } from '../../scripts/core/render/findings.ts';
import type { CompileRequest, CompileResponse } from '../../scripts/core/rules/index.ts';

const TODAY = '2025-03-01';
type Column = { readonly name: string; readonly type: string };

let base: readonly SourceFile[] = [];
before(async () => {
  base = (await readPipeline('test/cases/validate/base')).files;
});

/** Files in memory, and an engine that knows some result columns by the path of their SQL. */
function ports(
  changes: Readonly<Record<string, string>>,
  engine?: (request: CompileRequest) => Readonly<Record<string, readonly Column[]>>,
): ValidatePorts & { readonly files: Map<string, string>; readonly asked: CompileRequest[] } {
  const files = new Map([...base.map(({ path, text }) => [path, text] as const), ...Object.entries(changes)]);
  const asked: CompileRequest[] = [];
  return {
    files,
    asked,
    read: async () => ({ files: [...files].map(([path, text]) => ({ path, text })), findings: [] }),
    write: async (path, text) => void files.set(path, text),
    compiler: async () =>
      engine === undefined
        ? undefined
        : async (request): Promise<CompileResponse> => {
            asked.push(request);
            const known = engine(request);
            return { results: request.statements.flatMap(({ id }) => (known[id] ? [{ id, columns: known[id] }] : [])) };
          },
  };
}

const lines = ({ findings }: Validation): readonly string[] =>
  findings.map(({ place, rule }) => `${place.path}:${place.line}:${place.column} ${rule}`);

const LINES = 'pipeline/views/shop_views/order_lines';
const SALES = 'pipeline/views/shop_views/sales';

describe('--fix', () => {
  const untidy = {
    'pipeline/queries/best-tags.sql':
      '-- Tags by sales, best first\nselect tag, amount from shop_views.sales order by amount desc\n',
    [`${SALES}/view.yaml`]:
      '# who reads this\ndescription:   Sales of each tag\nowner: shop\n\ncolumns:\n    - {name: tag,   type: varchar} # the tag\n    - { name: amount, type: "decimal(38,2)" }\n',
    'pipeline/tables/shop_main/orders/load.sql': readFileSync(
      'test/cases/validate/base/pipeline/tables/shop_main/orders/load.sql',
      'utf8',
    )
      .replaceAll('\n  ', ' ')
      .replaceAll('\n', '\r\n'),
  };

  test('formats SQL and YAML, keeps comments and parameters, and has nothing left to do', async () => {
    const world = ports(untidy);
    const first = await validate(world, { today: TODAY, fix: true });
    assert.deepEqual(first.fixed, Object.keys(untidy).sort(), 'the three are written');
    assert.deepEqual(lines(first), []);
    const original = base.find(({ path }) => path.endsWith('shop_main/orders/load.sql'));
    assert.equal(world.files.get('pipeline/tables/shop_main/orders/load.sql'), original?.text);
    assert.equal(
      world.files.get(`${SALES}/view.yaml`),
      '# who reads this\ndescription: Sales of each tag\nowner: shop\n\ncolumns:\n  - { name: tag, type: varchar } # the tag\n  - { name: amount, type: "decimal(38,2)" }\n',
    );
    const before = new Map(world.files);
    const second = await validate(world, { today: TODAY, fix: true });
    assert.deepEqual(second.fixed, []);
    assert.deepEqual(world.files, before);
  });

  test('leaves broken files as they are', async () => {
    const broken = { 'pipeline/allow.yaml': 'a:   [b\n', 'pipeline/queries/x.sql': '-- x\nselect   from\n' };
    const world = ports(broken);
    const result = await validate(world, { today: TODAY, fix: true });
    assert.deepEqual(result.fixed, []);
    assert.ok(result.findings.some(({ rule }) => rule === 'sql-syntax'));
    assert.ok(result.findings.some(({ rule }) => rule === 'yaml-syntax'));
  });

  test('writes the types of view columns, also of a view that reads a view', async () => {
    const engine = (request: CompileRequest): Readonly<Record<string, readonly Column[]>> => {
      const lower = request.views.find(({ name }) => name === 'order_lines');
      const tag = lower?.columns.find(({ name }) => name === 'tag')?.type ?? 'unknown';
      const amount = { name: 'amount', type: 'decimal(10,2)' };
      return {
        [`${LINES}/view.sql`]: [{ name: 'order_id', type: 'bigint' }, { name: 'tag', type: 'varchar' }, amount],
        [`${SALES}/view.sql`]: [
          { name: 'tag', type: tag },
          { name: 'amount', type: 'decimal(38,2)' },
        ],
      };
    };
    const world = ports(
      {
        [`${LINES}/view.yaml`]:
          'description: x\nowner: x\ncolumns:\n  - { name: order_id, description: Number }\n  - { name: tag, type: integer }\n  - name: amount\n    description: Sum\n',
      },
      engine,
    );
    const plain = await validate(world, { today: TODAY, fix: false });
    assert.deepEqual(lines(plain), [
      `${LINES}/view.yaml:4:5 view-type`,
      `${LINES}/view.yaml:5:24 output-type`,
      `${LINES}/view.yaml:6:5 view-type`,
    ]);
    const fixed = await validate(world, { today: TODAY, fix: true });
    assert.deepEqual(lines(fixed), []);
    assert.equal(
      world.files.get(`${LINES}/view.yaml`),
      'description: x\nowner: x\ncolumns:\n  - { name: order_id, type: bigint, description: Number }\n  - { name: tag, type: varchar }\n  - name: amount\n    type: decimal(10,2)\n    description: Sum\n',
    );
    assert.deepEqual((await validate(world, { today: TODAY, fix: true })).fixed, []);
  });
});

describe('the compile question', () => {
  test('asks for every SELECT in one call, parameters filled', async () => {
    const world = ports({}, () => ({}));
    await validate(world, { today: TODAY, fix: false });
    assert.equal(world.asked.length, 1);
    const [request] = world.asked;
    assert.deepEqual(request?.statements.map(({ id }) => id.slice('pipeline/'.length)).sort(), [
      'queries/best-tags.sql',
      'tables/shop_main/orders/checks/no_free_orders.sql',
      'tables/shop_main/orders/load.sql',
      'tables/shop_main/products/load.sql',
      'views/shop_views/order_lines/view.sql',
      'views/shop_views/sales/view.sql',
    ]);
    const sql = request?.statements.map((statement) => statement.sql).join('\n') ?? '';
    assert.match(sql, /BETWEEN DATE '\d{4}-\d\d-\d\d' AND DATE '\d{4}-\d\d-\d\d'/);
    assert.match(sql, /FROM\n {2}shop_main\.orders\nWHERE/);
    assert.doesNotMatch(sql, /:(from|to|table)/);
  });

  test('leaves out what is broken and all that reads it, so that a fault is told once', async () => {
    const world = ports({ [`${LINES}/view.sql`]: 'SELECT\n  nothing FORM x y z\n' }, () => ({}));
    await validate(world, { today: TODAY, fix: false });
    const ids = world.asked[0]?.statements.map(({ id }) => id) ?? [];
    assert.ok(ids.includes('pipeline/tables/shop_main/orders/load.sql'));
    assert.ok(!ids.some((id) => id.includes('views/') || id.includes('queries/')), ids.join());
  });

  test('brings places back to the file, behind a parameter that was filled', async () => {
    const world = ports({});
    const path = 'pipeline/tables/shop_main/orders/load.sql';
    // In the filled text the last line reads: drop_day BETWEEN DATE '2000-01-01' AND DATE '2000-01-01'
    const places = [
      [3, 3],
      [20, 20],
      [42, 30],
      [38, 26],
      [46, 30],
      [59, 33],
    ] as const;
    for (const [told, place] of places) {
      const error = { name: 'TYPE_MISMATCH', message: 'x', line: 14, column: told };
      const compiler = async () => async () => ({ results: [{ id: path, error }] });
      const result = await validate({ ...world, compiler }, { today: TODAY, fix: false });
      assert.deepEqual(lines(result), [`${path}:14:${place} sql-compile`]);
    }
  });

  test('says so where nothing could be compiled', async () => {
    assert.equal((await validate(ports({}), { today: TODAY, fix: false })).compiled, undefined);
  });
});

describe('rendering', () => {
  const finding = {
    place: { path: 'pipeline/queries/a,b.sql', line: 2, column: 8 },
    rule: 'sql-syntax',
    severity: 'error',
    message: "unexpected '100%'\n::error::planted",
    cure: 'correct it',
  } as const;

  test('one line, the text and a caret', () => {
    assert.equal(
      renderFinding(finding, '-- x\nSELECT 100%\n'),
      "pipeline/queries/a,b.sql:2:8 sql-syntax unexpected '100%'\\u000a::error::planted; correct it\n  2 | SELECT 100%\n    |        ^\n",
    );
    assert.match(renderFinding({ ...finding, severity: 'warning' }, undefined), /:2:8 warning sql-syntax/);
  });

  test('annotations are escaped, so that no text of a file becomes a command', () => {
    const line = renderAnnotation(finding);
    assert.equal(
      line,
      "::error file=pipeline/queries/a%2Cb.sql,line=2,col=8,title=sql-syntax::unexpected '100%25'%0A::error::planted; correct it\n",
    );
    assert.equal(line.trimEnd().split('\n').length, 1);
  });
});
