import type { Expression, Of } from '../ast.ts';
import { isVolatile } from '../casts/once.ts';
import { commonSuperType, comparable, displayType } from '../types/index.ts';
import type { Type } from '../types.ts';
import { BOOLEAN, type Context, coerce, type Typed, VARCHAR } from './context.ts';
import { emitOnce } from './emit.ts';
import { analyze, commonOf, compare, condition } from './expressions.ts';
import { notSupported, refuse } from './refuse.ts';

/** `value BETWEEN low AND high`; the value is written twice, so it must not change between. */
export function betweenTest(node: Of<'between'>, context: Context): Typed {
  const value = analyze(node.value, context);
  const low = analyze(node.low, context);
  const high = analyze(node.high, context);
  const common = [low, high].reduce<Type | undefined>(
    (type, part) => type && commonSuperType(type, part.type),
    value.type,
  );
  if (!common) {
    throw refuse(
      'TYPE_MISMATCH',
      node.at,
      `Cannot check if ${displayType(value.type)} is BETWEEN ${displayType(low.type)} and ${displayType(high.type)}`,
    );
  }
  const [v, l, h] = [value, low, high].map((part) => ({ sql: coerce(part, common), type: common })) as [
    Typed,
    Typed,
    Typed,
  ];
  const test = ([x, y, z]: readonly string[]) => {
    const given = { sql: x!, type: common };
    const above = compare('>=', given, { sql: y!, type: common }, node.at).sql;
    return `(${above} AND ${compare('<=', given, { sql: z!, type: common }, node.at).sql})`;
  };
  return { sql: emitOnce(test, [v.sql, l.sql, h.sql]), type: BOOLEAN };
}

/** Types for which DuckDB's own comparison says what Trino's does, nulls included. */
export function nativeEquality(type: Type): boolean {
  switch (type.kind) {
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'decimal':
    case 'varchar':
    case 'varbinary':
    case 'date':
    case 'uuid':
    case 'interval':
      return true;
    case 'timestamp':
    case 'time':
      return !type.zone;
    default:
      return false;
  }
}

export function inList(node: Of<'in-list'>, context: Context): Typed {
  const nodes = [node.value, ...node.list];
  const values = nodes.map((each) => analyze(each, context));
  const common = commonOf(
    values,
    nodes,
    'IN value and list items must be the same type or coercible to a common type.',
  );
  const [value, ...list] = values.map((each) => ({ sql: coerce(each, common), type: common })) as [Typed, ...Typed[]];
  if (nativeEquality(common))
    return { sql: `(${value.sql} IN (${list.map((item) => item.sql).join(', ')}))`, type: BOOLEAN };
  const test = ([sql = '', ...items]: readonly string[]) => {
    const tests = items.map((item) => compare('=', { sql, type: common }, { sql: item, type: common }, node.at).sql);
    return `(${tests.join(' OR ')})`;
  };
  const texts = [value, ...list].map((each) => each.sql);
  return { sql: isVolatile(value.sql) ? emitOnce(test, texts) : test(texts), type: BOOLEAN };
}

function textOperand(value: Typed, node: Expression, what: string): string {
  if (value.type.kind === 'unknown') return coerce(value, VARCHAR);
  if (value.type.kind === 'varchar' || (value.type.kind === 'char' && what === 'Left side')) return value.sql;
  throw refuse(
    'TYPE_MISMATCH',
    node.at,
    `${what} of LIKE expression must evaluate to a varchar (actual: ${displayType(value.type)})`,
  );
}

export function like(node: Of<'like'>, context: Context): Typed {
  const value = textOperand(analyze(node.value, context), node.value, 'Left side');
  const pattern = textOperand(analyze(node.pattern, context), node.pattern, 'Pattern');
  if (!node.escape) return { sql: `(${value} LIKE ${pattern})`, type: BOOLEAN };
  const mark = textOperand(analyze(node.escape, context), node.escape, 'Escape');
  if (node.escape.kind !== 'string') throw notSupported('LIKE with an escape character that is not a literal', node.at);
  checkEscape(node, node.escape.value);
  return { sql: `(${value} LIKE ${pattern} ESCAPE ${mark})`, type: BOOLEAN };
}

function checkEscape(node: Of<'like'>, mark: string): void {
  if ([...mark].length !== 1) {
    throw refuse('INVALID_FUNCTION_ARGUMENT', undefined, 'Escape string must be a single character');
  }
  if (node.pattern.kind !== 'string') return;
  const points = [...node.pattern.value];
  for (let i = 0; i < points.length; i++) {
    if (points[i] !== mark) continue;
    i += 1;
    if (points[i] === undefined || !['%', '_', mark].includes(points[i]!)) {
      throw refuse(
        'INVALID_FUNCTION_ARGUMENT',
        undefined,
        "Escape character must be followed by '%', '_' or the escape character itself",
      );
    }
  }
}

function whenCondition(node: Expression, context: Context): string {
  return condition(node, context, (type) => `CASE WHEN clause must evaluate to a boolean (actual: ${type})`);
}

export function caseOf(node: Of<'case'>, context: Context): Typed {
  const operand = node.operand && analyze(node.operand, context);
  const tests = node.whens.map((when): ((sql: string) => string) => {
    if (!operand) {
      const test = whenCondition(when.condition, context);
      return () => test;
    }
    const value = analyze(when.condition, context);
    const common = commonSuperType(operand.type, value.type);
    if (!common || !comparable(common)) {
      throw refuse(
        'TYPE_MISMATCH',
        when.condition.at,
        `CASE operand type does not match WHEN clause operand type: ${displayType(operand.type)} vs ${displayType(value.type)}`,
      );
    }
    return (sql) => compare('=', { ...operand, sql }, value, when.at).sql;
  });
  const nodes = [...node.whens.map((when) => when.result), ...(node.otherwise ? [node.otherwise] : [])];
  const results = nodes.map((each) => analyze(each, context));
  const type = commonOf(results, nodes, 'All CASE results must be the same type or coercible to a common type.');
  const texts = results.map((result) => coerce(result, type));
  const last = node.otherwise ? texts.at(-1)! : 'NULL';
  const emit = ([sql = '']: readonly string[]) => {
    const branches = tests.map((test, index) => `WHEN ${test(sql)} THEN ${texts[index]}`);
    return `(CASE ${branches.join(' ')} ELSE ${last} END)`;
  };
  const direct = emit([operand?.sql ?? '']);
  // Every branch compares the same random value; but DuckDB takes no query inside of a lambda.
  const redrawn = operand !== undefined && isVolatile(operand.sql) && !direct.includes('SELECT ');
  return { sql: redrawn ? emitOnce(emit, [operand.sql]) : direct, type };
}

export function ifOf(node: Of<'if'>, context: Context): Typed {
  const test = condition(
    node.condition,
    context,
    (type) => `IF condition must evaluate to a boolean (actual: ${type})`,
  );
  const then = analyze(node.yes, context);
  const otherwise = node.otherwise && analyze(node.otherwise, context);
  const type = otherwise ? commonSuperType(then.type, otherwise.type) : then.type;
  if (!type || !otherwise) {
    if (type) return { sql: `(CASE WHEN ${test} THEN ${then.sql} ELSE NULL END)`, type };
    throw refuse(
      'TYPE_MISMATCH',
      node.at,
      `Result types for IF must be the same: ${displayType(then.type)} vs ${otherwise ? displayType(otherwise.type) : ''}`,
    );
  }
  return { sql: `(CASE WHEN ${test} THEN ${coerce(then, type)} ELSE ${coerce(otherwise, type)} END)`, type };
}

export function coalesce(node: Of<'coalesce'>, context: Context): Typed {
  const values = node.operands.map((each) => analyze(each, context));
  const type = commonOf(
    values,
    node.operands,
    'All COALESCE operands must be the same type or coercible to a common type.',
  );
  return { sql: `coalesce(${values.map((value) => coerce(value, type)).join(', ')})`, type };
}

export function nullif(node: Of<'nullif'>, context: Context): Typed {
  const left = analyze(node.left, context);
  const right = analyze(node.right, context);
  const common = commonSuperType(left.type, right.type);
  if (!common || !comparable(common)) {
    throw refuse(
      'TYPE_MISMATCH',
      node.at,
      `Types are not comparable with NULLIF: ${displayType(left.type)} vs ${displayType(right.type)}`,
    );
  }
  const test = ([x, y]: readonly string[]) => {
    const equal = compare('=', { ...left, sql: x! }, { ...right, sql: y! }, node.at);
    return `(CASE WHEN ${equal.sql} THEN NULL ELSE ${x} END)`;
  };
  return { sql: emitOnce(test, [left.sql, right.sql]), type: left.type };
}
