/**
 * What a plan does to one object, as data. The danger is part of the change: `safe` loses nothing, `rewrite` leaves data
 * that must be written anew before it fits, `destructive` takes something from readers and needs a reviewed permission.
 */
export type Risk = 'safe' | 'rewrite' | 'destructive';

interface Told {
  /** database, database.table or database.view, as the definitions name it. */
  readonly object: string;
  readonly risk: Risk;
  /** Why it has this risk, and what readers will notice. */
  readonly reason: string;
}

export type Change = Told &
  (
    | { readonly kind: 'create_database' | 'drop_database' | 'adopt' }
    | { readonly kind: 'create_table' | 'drop_table' | 'create_view' | 'drop_view' }
    | { readonly kind: 'add_column'; readonly column: string; readonly type: string; readonly after?: string }
    | { readonly kind: 'drop_column'; readonly column: string; readonly type: string }
    | { readonly kind: 'change_column_type'; readonly column: string; readonly from: string; readonly to: string }
    | { readonly kind: 'reorder_columns'; readonly from: readonly string[]; readonly to: readonly string[] }
    | {
        readonly kind: 'change_column_description';
        readonly column: string;
        readonly from: string;
        readonly to: string;
      }
    | { readonly kind: 'change_description'; readonly from: string; readonly to: string }
    | { readonly kind: 'set_property'; readonly key: string; readonly from: string | undefined; readonly to: string }
    | { readonly kind: 'unset_property'; readonly key: string; readonly from: string }
    | {
        readonly kind: 'change_projection' | 'change_retention';
        readonly key: string;
        readonly from: string | undefined;
        readonly to: string | undefined;
      }
    | { readonly kind: 'change_location'; readonly from: string; readonly to: string }
    | { readonly kind: 'change_format'; readonly from: string; readonly to: string }
    | { readonly kind: 'change_serde'; readonly key: string; readonly from?: string; readonly to?: string }
    | {
        readonly kind: 'change_partition_columns';
        readonly from: readonly string[];
        readonly to: readonly string[];
      }
    | { readonly kind: 'update_partitions'; readonly count: number }
    | { readonly kind: 'rename_table'; readonly from: string }
    | { readonly kind: 'replace_view'; readonly what: readonly string[] }
    | { readonly kind: 'unsupported'; readonly what: string; readonly cure: string }
  );

export type ChangeKind = Change['kind'];

/** One line for people: what changes, without its risk. */
export function describe(change: Change): string {
  switch (change.kind) {
    case 'create_database':
    case 'drop_database':
    case 'create_table':
    case 'drop_table':
    case 'create_view':
    case 'drop_view':
      return change.kind.replace('_', ' ');
    case 'adopt':
      return 'adopt (it equals its definition; only the mark is written)';
    case 'add_column':
      return `add column ${change.column} ${change.type}${change.after === undefined ? '' : ` after ${change.after}`}`;
    case 'drop_column':
      return `drop column ${change.column} ${change.type}`;
    case 'change_column_type':
      return `change type of ${change.column}: ${change.from} -> ${change.to}`;
    case 'reorder_columns':
      return `reorder columns: ${change.to.join(', ')}`;
    case 'change_column_description':
      return `describe ${change.column}: ${quoted(change.from)} -> ${quoted(change.to)}`;
    case 'change_description':
      return `description: ${quoted(change.from)} -> ${quoted(change.to)}`;
    case 'set_property':
      return change.from === undefined
        ? `set ${change.key} = ${quoted(change.to)}`
        : `set ${change.key}: ${quoted(change.from)} -> ${quoted(change.to)}`;
    case 'unset_property':
      return `unset ${change.key} (was ${quoted(change.from)})`;
    case 'change_projection':
    case 'change_retention':
      return `${change.kind.slice('change_'.length)} ${change.key}: ${orNone(change.from)} -> ${orNone(change.to)}`;
    case 'change_location':
      return `location: ${change.from} -> ${change.to}`;
    case 'change_format':
      return `format: ${change.from} -> ${change.to}`;
    case 'change_serde':
      return `reading ${change.key}: ${orNone(change.from)} -> ${orNone(change.to)}`;
    case 'change_partition_columns':
      return `partition columns: (${change.from.join(', ')}) -> (${change.to.join(', ')})`;
    case 'update_partitions':
      return `bring the columns of ${change.count} partition${change.count === 1 ? '' : 's'} in step`;
    case 'rename_table':
      return `rename from ${change.from} (the data stays where it is)`;
    case 'replace_view':
      return `replace view (${change.what.join(', ')})`;
    case 'unsupported':
      return change.what;
  }
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function orNone(text: string | undefined): string {
  return text === undefined ? 'none' : quoted(text);
}
