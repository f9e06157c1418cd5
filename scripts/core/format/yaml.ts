import { type Document, isMap, isScalar, isSeq, parseDocument, visit, YAMLMap, YAMLSeq } from 'yaml';
import { remembered } from '../model/remembered.ts';

/** One way to write a definition's YAML, comments kept. For text that `readYaml` found no fault in. */
export const formatYaml = remembered((text: string): string =>
  write(parseDocument(text.replaceAll('\r\n', '\n'), { uniqueKeys: false })),
);

/** The same file with the types of its columns set, in the order of the columns; undefined keeps a type. */
export function withColumnTypes(text: string, types: readonly (string | undefined)[]): string {
  const document = parseDocument(text.replaceAll('\r\n', '\n'), { uniqueKeys: false });
  const columns = document.get('columns');
  if (!isSeq(columns)) return text;
  types.forEach((type, index) => {
    const column = columns.items[index];
    if (type === undefined || !isMap(column)) return;
    if (column.has('type')) {
      column.set('type', type);
      return;
    }
    // Behind the name, where people look for it.
    const at = column.items.findIndex((pair) => isScalar(pair.key) && pair.key.value === 'name') + 1;
    column.items.splice(at, 0, document.createPair('type', type) as (typeof column.items)[number]);
  });
  return write(document);
}

function write(document: Document): string {
  visit(document, {
    Collection: (_, node) => {
      if (node.flow !== true) return;
      // `{ a: 1 }` but `[a, b]`: the library knows one padding for both.
      const prototype = isMap(node) ? YAMLMap.prototype : YAMLSeq.prototype;
      const flowCollectionPadding = isMap(node) ? ' ' : '';
      node.toString = (context, ...rest) =>
        prototype.toString.call(node, context && { ...context, flowCollectionPadding }, ...rest);
    },
  });
  return document.toString({ lineWidth: 0, indent: 2, indentSeq: true });
}
