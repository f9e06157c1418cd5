import type {
  Expression,
  Frame,
  FrameBound,
  FunctionCall,
  Identifier,
  JsonPathCall,
  Over,
  Query,
  SortItem,
  WindowSpecification,
} from './ast.ts';

/** An expression as Trino writes it in its messages. */
export function showExpression(node: Expression): string {
  switch (node.kind) {
    case 'identifier':
      return showIdentifier(node);
    case 'dereference':
      return `${showExpression(node.base)}.${showIdentifier(node.field)}`;
    case 'null':
      return 'null';
    case 'boolean':
      return String(node.value);
    case 'string':
      return showString(node.value);
    case 'binary':
      return `X'${node.hex}'`;
    case 'integer':
      return node.text;
    case 'decimal':
      return `DECIMAL '${node.text}'`;
    case 'double':
      return showDouble(node.text);
    case 'typed':
      return `${node.type.text.toUpperCase()} ${showString(node.value)}`;
    case 'interval':
      return `INTERVAL ${node.negative ? '-' : ''} '${node.value}' ${node.from}${node.to ? ` TO ${node.to}` : ''}`;
    case 'parameter':
      return '?';
    case 'call':
      return showCall(node);
    case 'lambda':
      return `(${node.parameters.map(showIdentifier).join(', ')}) -> ${showExpression(node.body)}`;
    default:
      return showOperation(node);
  }
}

type Rest = Exclude<
  Expression,
  {
    kind:
      | 'identifier'
      | 'dereference'
      | 'null'
      | 'boolean'
      | 'string'
      | 'binary'
      | 'integer'
      | 'decimal'
      | 'double'
      | 'typed'
      | 'interval'
      | 'parameter'
      | 'call'
      | 'lambda';
  }
>;

function showOperation(node: Rest): string {
  const show = showExpression;
  switch (node.kind) {
    case 'arithmetic':
    case 'comparison':
      return `(${show(node.left)} ${node.operator} ${show(node.right)})`;
    case 'distinct':
      return `(${show(node.left)} IS ${node.negated ? 'NOT ' : ''}DISTINCT FROM ${show(node.right)})`;
    case 'sign':
      return `${node.operator}${show(node.value)}`;
    case 'logical':
      return `(${node.terms.map(show).join(` ${node.operator} `)})`;
    case 'not':
      return `(NOT ${show(node.value)})`;
    case 'is-null':
      return `(${show(node.value)} IS ${node.negated ? 'NOT ' : ''}NULL)`;
    case 'between':
      return `(${show(node.value)} BETWEEN ${show(node.low)} AND ${show(node.high)})`;
    case 'in-list':
      return `(${show(node.value)} IN (${list(node.list)}))`;
    case 'like':
      return `(${show(node.value)} LIKE ${show(node.pattern)}${node.escape ? ` ESCAPE ${show(node.escape)}` : ''})`;
    case 'case':
      return showCase(node);
    case 'if':
      return `IF(${list([node.condition, node.yes, ...(node.otherwise ? [node.otherwise] : [])])})`;
    case 'nullif':
      return `NULLIF(${list([node.left, node.right])})`;
    case 'coalesce':
      return `COALESCE(${list(node.operands)})`;
    case 'try':
      return `TRY(${show(node.value)})`;
    case 'cast':
      return `${node.safe ? 'TRY_CAST' : 'CAST'}(${show(node.value)} AS ${node.type.text})`;
    case 'row':
      return `ROW (${list(node.items)})`;
    case 'array':
      return `ARRAY[${node.items.map(show).join(',')}]`;
    case 'subscript':
      return `${show(node.base)}[${show(node.index)}]`;
    case 'at-time-zone':
      return `${show(node.value)} AT TIME ZONE ${show(node.zone)}`;
    case 'extract':
      return `EXTRACT(${node.field} FROM ${show(node.value)})`;
    case 'current':
      return showCurrent(node.what, node.precision);
    case 'grouping':
      return `GROUPING (${list(node.columns)})`;
    default:
      return showQueryForm(node);
  }
}

type QueryForm = Extract<Expression, { kind: 'in-query' | 'exists' | 'quantified' | 'subquery' | `json-${string}` }>;

function showQueryForm(node: QueryForm): string {
  const show = showExpression;
  switch (node.kind) {
    case 'in-query':
      return `(${show(node.value)} IN ${showQuery(node.query)})`;
    case 'exists':
      return `(EXISTS ${showQuery(node.query)})`;
    case 'quantified':
      return `(${show(node.value)} ${node.operator} ${node.quantifier} ${showQuery(node.query)})`;
    case 'subquery':
      return showQuery(node.query);
    case 'json-exists':
      return `JSON_EXISTS(${showPath(node.call)})`;
    case 'json-value':
      return `JSON_VALUE(${showPath(node.call)})`;
    case 'json-query':
      return `JSON_QUERY(${showPath(node.call)})`;
    case 'json-object':
      return `JSON_OBJECT(${node.members.map((member) => `KEY ${show(member.key)} VALUE ${show(member.value)}`).join(', ')})`;
    case 'json-array':
      return `JSON_ARRAY(${node.items.map((item) => show(item.value)).join(', ')})`;
  }
}

function list(nodes: readonly Expression[]): string {
  return nodes.map(showExpression).join(', ');
}

function showPath(call: JsonPathCall): string {
  return `${showExpression(call.input)} FORMAT JSON, ${showString(call.path)}`;
}

function showQuery(_query: Query): string {
  return '(...)';
}

export function showIdentifier(node: Identifier): string {
  return node.quoted ? `"${node.name.replaceAll('"', '""')}"` : node.name;
}

function showString(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function showDouble(text: string): string {
  const [mantissa = '0', exponent = '0'] = Number(text).toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
}

function showCurrent(what: string, precision: number | undefined): string {
  const name = { date: 'current_date', time: 'current_time', timestamp: 'current_timestamp' }[what] ?? what;
  return `${name}${precision === undefined ? '' : `(${precision})`}`.toUpperCase();
}

function showCase(node: Extract<Expression, { kind: 'case' }>): string {
  const whens = node.whens.map((when) => `WHEN ${showExpression(when.condition)} THEN ${showExpression(when.result)}`);
  const parts = ['CASE', ...(node.operand ? [showExpression(node.operand)] : []), ...whens];
  if (node.otherwise) parts.push(`ELSE ${showExpression(node.otherwise)}`);
  const text = [...parts, 'END'].join(' ');
  return node.operand ? text : `(${text})`;
}

function showCall(node: FunctionCall): string {
  const name = node.name.map((part) => part.name.toLowerCase()).join('.');
  const args = node.star ? '*' : list(node.args);
  const order = node.orderBy.length > 0 ? ` ORDER BY ${node.orderBy.map(showSortItem).join(', ')}` : '';
  const filter = node.filter ? ` FILTER (WHERE ${showExpression(node.filter)})` : '';
  const nulls = node.nulls ? ` ${node.nulls.toUpperCase()} NULLS` : '';
  const over = node.over ? ` OVER ${showOver(node.over)}` : '';
  return `${name}(${node.distinct ? 'DISTINCT ' : ''}${args}${order})${filter}${nulls}${over}`;
}

function showOver(over: Over): string {
  return over.kind === 'reference' ? showIdentifier(over.name) : `(${showWindow(over.window)})`;
}

function showWindow(window: WindowSpecification): string {
  const parts: string[] = [];
  if (window.base) parts.push(showIdentifier(window.base));
  if (window.partitionBy.length > 0) parts.push(`PARTITION BY ${list(window.partitionBy)}`);
  if (window.orderBy.length > 0) parts.push(`ORDER BY ${window.orderBy.map(showSortItem).join(', ')}`);
  if (window.frame) parts.push(showFrame(window.frame));
  return parts.join(' ');
}

function showFrame(frame: Frame): string {
  if (!frame.end) return `${frame.unit} ${showBound(frame.start)}`;
  return `${frame.unit} BETWEEN ${showBound(frame.start)} AND ${showBound(frame.end)}`;
}

function showBound(bound: FrameBound): string {
  if ('value' in bound) return `${showExpression(bound.value)} ${bound.kind.toUpperCase()}`;
  return bound.kind.replaceAll('-', ' ').toUpperCase();
}

function showSortItem(item: SortItem): string {
  const nulls = item.nullsGiven ? ` NULLS ${item.nullsFirst ? 'FIRST' : 'LAST'}` : '';
  return `${showExpression(item.key)} ${item.descending ? 'DESC' : 'ASC'}${nulls}`;
}
