import type { CatalogColumn } from '../model/catalog.ts';
import type { TableDefinition } from '../model/definition.ts';

export interface TypeMismatch {
  readonly column: string;
  readonly declared: string;
  readonly written: string | undefined;
}

/**
 * Columns whose type as CTAS wrote it is not the declared one: Athena could not read the files through the table
 * (HIVE_BAD_DATA), so this is found before anything is published.
 */
export function typeMismatches(table: TableDefinition, written: readonly CatalogColumn[]): readonly TypeMismatch[] {
  const found = new Map(written.map((column) => [column.name.toLowerCase(), column.type]));
  return [...table.columns, ...table.partitions].flatMap((column) => {
    const type = found.get(column.name);
    if (type !== undefined && plain(type) === plain(column.type)) return [];
    return [{ column: column.name, declared: column.type, written: type }];
  });
}

/** One spelling for types that are stored alike: a varchar of any length is a string in Parquet. */
function plain(type: string): string {
  return type
    .toLowerCase()
    .replaceAll(/\s+/g, '')
    .replaceAll(/varchar(\(\d+\))?/g, 'string')
    .replaceAll(/\binteger\b/g, 'int')
    .replaceAll(/\breal\b/g, 'float')
    .replaceAll(/\bdec(imal)?(?!\()\b/g, 'decimal(10,0)');
}

/** How to cast to a Hive type in Trino's SQL, for messages. */
export function castName(type: string): string {
  const names: Readonly<Record<string, string>> = {
    string: 'varchar',
    int: 'integer',
    float: 'real',
    binary: 'varbinary',
  };
  return names[type] ?? type;
}
