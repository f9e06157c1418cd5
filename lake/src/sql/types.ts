/** Trino's types, as far as Athena has them. */
export type Type =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'boolean' | 'tinyint' | 'smallint' | 'integer' | 'bigint' | 'real' | 'double' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  /** length undefined: unbounded. */
  | { readonly kind: 'varchar'; readonly length: number | undefined }
  | { readonly kind: 'char'; readonly length: number }
  | { readonly kind: 'varbinary' | 'date' | 'json' | 'uuid' | 'ipaddress' | 'hyperloglog' }
  | { readonly kind: 'time' | 'timestamp'; readonly precision: number; readonly zone: boolean }
  | { readonly kind: 'interval'; readonly unit: 'year to month' | 'day to second' }
  | { readonly kind: 'array'; readonly element: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly value: Type }
  | { readonly kind: 'row'; readonly fields: readonly { readonly name: string | undefined; readonly type: Type }[] }
  | { readonly kind: 'function'; readonly parameters: readonly Type[]; readonly result: Type };
