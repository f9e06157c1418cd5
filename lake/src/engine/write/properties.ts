import type { Expression, Property } from '../../sql/ast.ts';
import { SqlError } from '../../sql/sql.ts';

/** The WITH (...) of CTAS and UNLOAD, each property taken once; what is left over is refused by name. */
export interface PropertyReader {
  text(name: string): string | undefined;
  list(name: string): readonly string[] | undefined;
  number(name: string): number | undefined;
  /** Throws for the first property that nobody asked for. */
  end(): void;
}

export function readProperties(properties: readonly Property[], catalogWord: string): PropertyReader {
  const left = new Map(properties.map((property) => [property.name.toLowerCase(), property]));
  const take = (name: string) => {
    const property = left.get(name);
    left.delete(name);
    return property;
  };
  return {
    text(name) {
      const property = take(name);
      if (property === undefined) return undefined;
      const { value } = property;
      if (value.kind === 'string') return value.value;
      if (value.kind === 'boolean') return String(value.value);
      if (value.kind === 'integer' || value.kind === 'decimal') return value.text;
      throw wrong(property, 'varchar');
    },
    list(name) {
      const property = take(name);
      if (property === undefined) return undefined;
      if (property.value.kind === 'string') return [property.value.value.toLowerCase()];
      if (property.value.kind !== 'array') throw wrong(property, 'array(varchar)');
      return property.value.items.map((item) => stringOf(item, property).toLowerCase());
    },
    number(name) {
      const property = take(name);
      if (property === undefined) return undefined;
      const { value } = property;
      const text = value.kind === 'integer' ? value.text : value.kind === 'string' ? value.value : '';
      if (!/^\d+$/.test(text)) throw wrong(property, 'integer');
      return Number(text);
    },
    end() {
      const rest = [...left.values()][0];
      if (rest === undefined) return;
      const { line, column } = rest.at;
      const message = `Catalog 'awsdatacatalog' ${catalogWord} property '${rest.name}' does not exist`;
      throw new SqlError('INVALID_TABLE_PROPERTY', message, line, column);
    },
  };
}

function stringOf(item: Expression, property: Property): string {
  if (item.kind === 'string') return item.value;
  throw wrong(property, 'array(varchar)');
}

function wrong(property: Property, type: string): SqlError {
  const { line, column } = property.at;
  const message = `Invalid value for catalog 'awsdatacatalog' table property '${property.name}': Cannot convert to ${type}`;
  return new SqlError('INVALID_TABLE_PROPERTY', message, line, column);
}
