import type { ProjectedColumn, TableDefinition } from '../model/definition.ts';

/**
 * Table properties of a partition projection:
 * https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
 */
export function projectionProperties(table: TableDefinition, location: string): Readonly<Record<string, string>> {
  const { projection } = table;
  if (projection === undefined) return {};
  const properties: Record<string, string> = { 'projection.enabled': 'true' };
  for (const [name, column] of Object.entries(projection.columns)) {
    const date = table.partitions.find((each) => each.name === name)?.date;
    for (const [key, value] of Object.entries(columnProperties(column, date))) {
      properties[`projection.${name}.${key}`] = value;
    }
  }
  if (projection.template !== undefined) {
    properties['storage.location.template'] = `${location}${projection.template}`;
  }
  return properties;
}

function columnProperties(column: ProjectedColumn, date: string | undefined): Record<string, string> {
  switch (column.type) {
    case 'date': {
      const format = date ?? 'yyyy-MM-dd';
      return {
        type: 'date',
        format,
        range: `${spellDay(column.from, format)},${spellDay(column.to, format)}`,
        ...(column.interval === undefined ? {} : { interval: String(column.interval) }),
        ...(column.unit === undefined ? {} : { 'interval.unit': column.unit.toUpperCase() }),
      };
    }
    case 'integer':
      return {
        type: 'integer',
        range: `${column.from},${column.to}`,
        ...(column.interval === undefined ? {} : { interval: String(column.interval) }),
        ...(column.digits === undefined ? {} : { digits: String(column.digits) }),
      };
    case 'enum':
      return { type: 'enum', values: column.values.join(',') };
    case 'injected':
      return { type: 'injected' };
  }
}

/** A range's end in the column's own format; NOW and its sums stay. */
function spellDay(text: string, format: string): string {
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (day === null) return text;
  const [, year = '', month = '', date = ''] = day;
  return format.replace(/yyyy|MM|M|dd|d/g, (token) => {
    if (token === 'yyyy') return year;
    if (token === 'MM') return month;
    if (token === 'dd') return date;
    return String(Number(token === 'M' ? month : date));
  });
}
