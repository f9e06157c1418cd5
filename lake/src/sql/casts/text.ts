import { fieldKeys, quoteName, quoteText } from '../types/index.ts';
import type { Type } from '../types.ts';
import { once } from './once.ts';

/** A DuckDB VARCHAR expression: the text that a result file shows for a value (null stays null). */
export function emitText(sql: string, type: Type): string {
  switch (type.kind) {
    case 'varchar':
    case 'json':
      return sql;
    case 'char':
      return `rpad(${sql}, ${type.length}, ' ')`;
    case 'unknown':
      return 'CAST(NULL AS VARCHAR)';
    case 'decimal':
      return decimalText(sql, type);
    case 'double':
    case 'real':
      return once(sql, floatText);
    case 'varbinary':
      return `trim(regexp_replace(lower(hex(${sql})), '(..)', '\\1 ', 'g'))`;
    case 'date':
      return once(sql, dateText);
    case 'time':
      return type.zone
        ? zonedTimeText(sql, type.precision)
        : fractionText(`CAST(${sql} AS VARCHAR)`, 8, type.precision);
    case 'timestamp':
      return type.zone ? zonedText(sql, type.precision) : timestampText(sql, type.precision);
    case 'interval':
      return once(sql, type.unit === 'day to second' ? dayTimeText : yearMonthText);
    case 'ipaddress':
      return `weir_ip_text(${sql})`;
    case 'array':
      return arrayText(sql, type.element);
    case 'map':
      return mapText(sql, type);
    case 'row':
      return rowText(sql, type);
    case 'hyperloglog':
      return `weir_hex_bytes(CAST(${sql} AS VARCHAR))`;
    default:
      return `CAST(${sql} AS VARCHAR)`;
  }
}

/** DuckDB writes .50 for a decimal(2,2), Trino 0.50. */
function decimalText(sql: string, type: Extract<Type, { kind: 'decimal' }>): string {
  if (type.scale < type.precision) return `CAST(${sql} AS VARCHAR)`;
  return `regexp_replace(CAST(${sql} AS VARCHAR), '^(-?)[.]', '\\10.')`;
}

/** Between 0.001 and 10^7 DuckDB's text is Java's; outside Java writes 1.0E10. */
function floatText(x: string): string {
  return `CASE WHEN abs(${x}) >= 0.001 AND abs(${x}) < 10000000 THEN CAST(${x} AS VARCHAR) ELSE weir_java_number(CAST(${x} AS VARCHAR)) END`;
}

function dateText(x: string): string {
  const usual = `${x} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'`;
  return `CASE WHEN ${usual} THEN CAST(${x} AS VARCHAR) WHEN ${x} IS NOT NULL THEN ${yearText(x)} || strftime(${x}, '-%m-%d') END`;
}

/** Years beyond four digits carry a sign. */
function yearText(x: string): string {
  return `CASE WHEN year(${x}) > 9999 THEN '+' || CAST(year(${x}) AS VARCHAR) ELSE CASE WHEN year(${x}) < 0 THEN '-' ELSE '' END || lpad(CAST(abs(year(${x})) AS VARCHAR), 4, '0') END`;
}

/** A moment's text with exactly as many fraction digits as its type says; `whole` is the length without them. */
function fractionText(text: string, whole: number, precision: number): string {
  if (precision === 0) return `left(${text}, ${whole})`;
  return once(
    text,
    (x) =>
      `left(rpad(CASE WHEN contains(${x}, '.') THEN ${x} ELSE ${x} || '.' END, ${whole + 10}, '0'), ${whole + 1 + precision})`,
  );
}

function timestampText(sql: string, precision: number): string {
  return once(sql, (x) => {
    const usual = `year(${x}) BETWEEN 0 AND 9999`;
    const time = clock(precision);
    const text = cutFraction(`strftime(${x}, '%Y-%m-%d ${time}')`, 20, precision);
    return `CASE WHEN ${usual} THEN ${text} WHEN ${x} IS NOT NULL THEN ${yearText(x)} || ${cutFraction(`strftime(${x}, '-%m-%d ${time}')`, 16, precision)} END`;
  });
}

/** strftime's format for a number of fraction digits: it knows three, six and nine. */
function clock(precision: number): string {
  if (precision === 0) return '%H:%M:%S';
  return precision <= 3 ? '%H:%M:%S.%g' : precision <= 6 ? '%H:%M:%S.%f' : '%H:%M:%S.%n';
}

function cutFraction(text: string, whole: number, precision: number): string {
  return precision % 3 === 0 ? text : `left(${text}, ${whole + precision})`;
}

function zonedText(sql: string, precision: number): string {
  return once(sql, (x) => `(${timestampText(`weir_local(${x}.t, ${x}.z)`, precision)} || ' ' || ${x}.z)`);
}

function zonedTimeText(sql: string, precision: number): string {
  return once(sql, (x) => {
    const offset = `extract(timezone FROM ${x})`;
    const sign = `CASE WHEN ${offset} < 0 THEN '-' ELSE '+' END`;
    const hours = `lpad(CAST(abs(${offset}) // 3600 AS VARCHAR), 2, '0')`;
    const minutes = `lpad(CAST(abs(${offset}) // 60 % 60 AS VARCHAR), 2, '0')`;
    return `(${fractionText(`CAST(CAST(${x} AS TIME) AS VARCHAR)`, 8, precision)} || ${sign} || ${hours} || ':' || ${minutes})`;
  });
}

function dayTimeText(x: string): string {
  const a = `abs(${x})`;
  const part = (value: string, width: number) => `lpad(CAST(${value} AS VARCHAR), ${width}, '0')`;
  const clockText = [`${a} // 3600000 % 24`, `${a} // 60000 % 60`, `${a} // 1000 % 60`].map((value) => part(value, 2));
  return `(CASE WHEN ${x} < 0 THEN '-' ELSE '' END || CAST(${a} // 86400000 AS VARCHAR) || ' ' || ${clockText.join(" || ':' || ")} || '.' || ${part(`${a} % 1000`, 3)})`;
}

function yearMonthText(x: string): string {
  return `(CASE WHEN ${x} < 0 THEN '-' ELSE '' END || CAST(abs(${x}) // 12 AS VARCHAR) || '-' || CAST(abs(${x}) % 12 AS VARCHAR))`;
}

/** Inside arrays, maps and rows null is the word. */
function partText(sql: string, type: Type): string {
  return `coalesce(${emitText(sql, type)}, 'null')`;
}

function arrayText(sql: string, element: Type): string {
  return `('[' || array_to_string(list_transform(${sql}, lambda weir_e: ${partText('weir_e', element)}), ', ') || ']')`;
}

function mapText(sql: string, type: Extract<Type, { kind: 'map' }>): string {
  const entry = `${partText('weir_e.key', type.key)} || '=' || ${partText('weir_e.value', type.value)}`;
  return `('{' || array_to_string(list_transform(map_entries(${sql}), lambda weir_e: ${entry}), ', ') || '}')`;
}

function rowText(sql: string, type: Extract<Type, { kind: 'row' }>): string {
  const keys = fieldKeys(type);
  return once(sql, (x) => {
    const parts = type.fields.map((field, index) => {
      const name = quoteText(`${field.name ?? `field${index}`}=`);
      return `${name} || ${partText(`${x}.${quoteName(keys[index]!)}`, field.type)}`;
    });
    return `CASE WHEN ${x} IS NOT NULL THEN '{' || ${parts.join(" || ', ' || ") || "''"} || '}' END`;
  });
}
