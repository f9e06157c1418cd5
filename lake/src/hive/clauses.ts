import type { Reader } from './reader.ts';
import type { HiveColumn, PartitionSpec, Properties, TableName } from './statement.ts';
import { readType } from './types.ts';

/** `name`, `database.name` or `catalog.database.name`; also as one quoted name, which is how SHOW CREATE TABLE prints it. */
export function readTableName(reader: Reader): TableName {
  const parts = [reader.identifier()];
  while (parts.length < 3 && reader.takeSymbol('.')) parts.push(reader.identifier());
  const flat = parts.length === 1 ? parts[0]!.split('.') : parts;
  const name = flat.at(-1)!;
  return { database: flat.at(-2), name };
}

/** `('key'='value', ...)` */
export function readProperties(reader: Reader): Properties {
  const pairs = reader.listed(() => {
    const key = reader.string();
    reader.needSymbol('=');
    return [key, reader.string()] as const;
  });
  return Object.fromEntries(pairs);
}

export function readColumn(reader: Reader): HiveColumn {
  const name = reader.identifier();
  const type = readType(reader);
  return reader.take('comment') ? { name, type, comment: reader.string() } : { name, type };
}

/** `PARTITION (year='2024', month=1)`; `comparisons` also takes <, > and the like (DROP PARTITION). */
export function readSpec(reader: Reader, comparisons = false): PartitionSpec {
  reader.need('partition');
  return reader.listed(() => {
    const column = reader.identifier();
    const operator = readOperator(reader, comparisons);
    return { column, operator, value: readConstant(reader) };
  });
}

function readOperator(reader: Reader, comparisons: boolean): PartitionSpec[number]['operator'] {
  if (reader.takeSymbol('=')) return '=';
  if (comparisons) {
    if (reader.takeSymbol('!=')) return '<>';
    for (const operator of ['<', '>', '<=', '>=', '<>'] as const) if (reader.takeSymbol(operator)) return operator;
  }
  return reader.fail("'='");
}

function readConstant(reader: Reader): string {
  if (reader.peek().kind === 'string') return reader.string();
  if (reader.take('date') || reader.take('timestamp')) return reader.string();
  if (reader.take('true')) return 'true';
  if (reader.take('false')) return 'false';
  const sign = reader.takeSymbol('-') ? '-' : '';
  if (reader.peek().kind !== 'number') reader.fail('a constant');
  return sign + reader.number();
}

/** `[PARTITION (...)]` where the statement may name one partition. */
export function readOptionalSpec(reader: Reader): { spec?: PartitionSpec } {
  const token = reader.peek();
  return token.kind === 'word' && token.text.toLowerCase() === 'partition' ? { spec: readSpec(reader) } : {};
}
