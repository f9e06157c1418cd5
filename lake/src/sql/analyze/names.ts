import type { Expression, Identifier, Of } from '../ast.ts';
import { displayType, fieldKeys, quoteText } from '../types/index.ts';
import type { Context, Typed } from './context.ts';
import { analyze } from './expressions.ts';
import { refuse } from './refuse.ts';
import { nameParts, type Resolved, resolve, resolvePrefix, shown } from './scope.ts';

/** What a resolved column is where the expression stands. */
export function columnValue(resolved: Resolved, node: Expression, context: Context): Typed {
  const { field, scope } = resolved;
  context.state.references.set(node, field);
  if (scope.translate && !context.rename) return scope.translate(field, node.at);
  context.state.recorder.uses.add(field);
  return { sql: context.rename?.(field) ?? field.sql, type: field.type };
}

export function identifier(node: Identifier, context: Context): Typed {
  const variable = context.variables.findLast((each) => each.name === node.name.toLowerCase());
  if (variable) return { sql: variable.sql, type: variable.type };
  const resolved = resolve(context.scope, [node], node.at);
  if (!resolved) throw refuse('COLUMN_NOT_FOUND', node.at, `Column '${shown([node])}' cannot be resolved`);
  return columnValue(resolved, node, context);
}

export function dereference(node: Of<'dereference'>, context: Context): Typed {
  const parts = nameParts(node);
  if (!parts) return member(analyze(node.base, context), node.field, node);
  const first = parts[0]!;
  if (context.variables.some((variable) => variable.name === first.name.toLowerCase())) {
    return member(analyze(node.base, context), node.field, node);
  }
  const exact = resolve(context.scope, parts, node.at);
  if (exact) return columnValue(exact, node, context);
  if (!resolvePrefix(context.scope, parts, node.at)) {
    throw refuse('COLUMN_NOT_FOUND', node.at, `Column '${shown(parts)}' cannot be resolved`);
  }
  return member(analyze(node.base, context), node.field, node);
}

/** `base.name` where base is a row. */
function member(base: Typed, name: Identifier, node: Expression): Typed {
  if (base.type.kind !== 'row') {
    throw refuse('TYPE_MISMATCH', node.at, `Expression ${displayType(base.type)} is not of type ROW`);
  }
  const wanted = name.name.toLowerCase();
  const found = base.type.fields.flatMap((field, index) => (field.name?.toLowerCase() === wanted ? [index] : []));
  if (found.length > 1) throw refuse('AMBIGUOUS_NAME', node.at, `Ambiguous row field reference: ${name.name}`);
  const index = found[0];
  if (index === undefined) {
    const parts = nameParts(node);
    throw refuse(
      'INVALID_COLUMN_REFERENCE',
      node.at,
      `Column reference '${parts ? shown(parts) : name.name}' is invalid`,
    );
  }
  return {
    sql: `struct_extract(${base.sql}, ${quoteText(fieldKeys(base.type)[index]!)})`,
    type: base.type.fields[index]!.type,
  };
}
