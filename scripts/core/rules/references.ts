import type { Finding } from '../model/finding.ts';
import { fault } from './catalogue.ts';
import { type Context, fullName, type Rule, type SqlFile } from './context.ts';

interface Edge {
  readonly to: string;
  readonly file: SqlFile;
  readonly line: number;
  readonly column: number;
}

/** Views and loads that need each other: no order could make them. Each cycle is told once, where it closes. */
export const referenceRules: Rule = (context) => {
  const graph = edges(context);
  const done = new Set<string>();
  const found: Finding[] = [];
  const told = new Set<string>();
  // Iterative, so that a chain of ten thousand views does not overflow the stack.
  for (const start of graph.keys()) {
    const trail: { readonly name: string; next: number }[] = [{ name: start, next: 0 }];
    const open = new Set([start]);
    while (trail.length > 0) {
      const here = trail.at(-1)!;
      const edge = done.has(here.name) ? undefined : graph.get(here.name)?.[here.next++];
      if (edge === undefined) {
        done.add(here.name);
        open.delete(here.name);
        trail.pop();
      } else if (open.has(edge.to)) {
        const cycle = trail.slice(trail.findIndex(({ name }) => name === edge.to)).map(({ name }) => name);
        const key = [...cycle].sort().join(' ');
        if (!told.has(key)) found.push(cycleFault(cycle, edge));
        told.add(key);
      } else if (!done.has(edge.to)) {
        open.add(edge.to);
        trail.push({ name: edge.to, next: 0 });
      }
    }
  }
  return found;
};

function edges(context: Context): ReadonlyMap<string, readonly Edge[]> {
  const graph = new Map<string, Edge[]>();
  for (const file of context.sqls) {
    if (file.use !== 'view' && !(file.use === 'load' && file.owner.load !== undefined)) continue;
    const from = fullName(file.owner);
    const own = graph.get(from) ?? [];
    for (const { database, name, line, column } of file.parsed.tables) {
      if (database !== undefined) own.push({ to: `${database}.${name}`, file, line, column });
    }
    graph.set(from, own);
  }
  return graph;
}

function cycleFault(cycle: readonly string[], edge: Edge): Finding {
  const place = { path: edge.file.path, line: edge.line, column: edge.column };
  const message = cycle.length === 1 ? `${cycle[0]} reads itself` : `${[...cycle, cycle[0]].join(' reads ')}`;
  return fault('reference-cycle', place, message, 'take one of these references out');
}
