import { parseTrinoType } from '../sql/types/index.ts';
import type { Type } from '../sql/types.ts';
import type { Cell, Entries } from './page.ts';

/** How values of a column are shown in a result: Athena's text, null for NULL. */
export type ShowCell = (cell: Cell) => string | null;

export function shownAs(type: string): ShowCell {
  const show = showOf(parseTrinoType(type));
  return (cell) => (cell === null ? null : show(cell));
}

type Show = (cell: Exclude<Cell, null>) => string;

function showOf(type: Type | undefined): Show {
  switch (type?.kind) {
    case 'varbinary':
    case 'hyperloglog':
      return (cell) => (Buffer.from(String(cell), 'base64').toString('hex').match(/../g) ?? []).join(' ');
    case 'array': {
      const item = partOf(type.element);
      return (cell) => `[${(cell as readonly Cell[]).map(item).join(', ')}]`;
    }
    case 'map': {
      const [key, value] = [partOf(type.key), partOf(type.value)];
      const entry = ([k, v]: [string, Cell]) => `${key(k.slice(1))}=${value(v)}`;
      return (cell) =>
        `{${Object.entries(cell as Entries)
          .map(entry)
          .join(', ')}}`;
    }
    case 'row': {
      const fields = type.fields.map((field, index) => ({
        name: field.name ?? `field${index}`,
        show: partOf(field.type),
      }));
      return (cell) =>
        `{${fields.map(({ name, show }, index) => `${name}=${show((cell as readonly Cell[])[index] ?? null)}`).join(', ')}}`;
    }
    default:
      return (cell) => (typeof cell === 'object' ? JSON.stringify(cell) : String(cell));
  }
}

/** Inside arrays, maps and rows null is the word. */
function partOf(type: Type): (cell: Cell) => string {
  const show = showOf(type);
  return (cell) => (cell === null ? 'null' : show(cell));
}
