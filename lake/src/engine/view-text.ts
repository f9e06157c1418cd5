import type { GlueTable } from '../catalog/catalog.ts';
import { parseTrinoType } from '../sql/types/index.ts';
import type { Type } from '../sql/types.ts';
import { failure } from './failure.ts';

/** A view as Athena keeps it in Glue: base64 JSON in a comment. */
export interface PrestoView {
  readonly originalSql: string;
  readonly catalog: string;
  readonly schema: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

export const VIEW_EXPANDED_TEXT = '/* Presto View */';

export function encodeView(view: PrestoView): string {
  return `/* Presto View: ${Buffer.from(JSON.stringify(view)).toString('base64')} */`;
}

export function decodeView(table: GlueTable): PrestoView {
  const code = /^\/\* Presto View: ([A-Za-z0-9+/=\s]+) \*\/$/.exec(table.ViewOriginalText ?? '')?.[1];
  const name = `${table.DatabaseName}.${table.Name}`;
  if (code === undefined) throw failure('NOT_SUPPORTED', `Hive views are not supported: '${name}'`);
  try {
    const view = JSON.parse(Buffer.from(code, 'base64').toString()) as PrestoView;
    return { ...view, columns: view.columns ?? [] };
  } catch {
    throw failure('INVALID_VIEW', `Invalid view JSON in the catalog: '${name}'`);
  }
}

export function viewColumns(table: GlueTable): readonly { readonly name: string; readonly type: Type }[] {
  return decodeView(table).columns.map(({ name, type }) => {
    const parsed = parseTrinoType(type);
    if (parsed === undefined) throw failure('INVALID_VIEW', `Unknown type ${type} of ${name} in view ${table.Name}`);
    return { name, type: parsed };
  });
}
