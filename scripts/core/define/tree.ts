import type { Place } from '../model/finding.ts';

/** A YAML value that remembers where it stands. Maps are entry lists, so no key of a file can touch a prototype. */
export type Tree = MapTree | ListTree | ScalarTree;

export interface MapTree {
  readonly kind: 'map';
  readonly place: Place;
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  readonly place: Place;
  readonly value: Tree;
}

export interface ListTree {
  readonly kind: 'list';
  readonly place: Place;
  readonly items: readonly Tree[];
}

export interface ScalarTree {
  readonly kind: 'scalar';
  readonly place: Place;
  readonly value: string | number | boolean | null;
}

export type Path = readonly (string | number)[];

/** The value under a key of a map or at an index of a list. */
export function child(tree: Tree | undefined, step: string | number): Tree | undefined {
  if (tree?.kind === 'map') return tree.entries.find((entry) => entry.key === String(step))?.value;
  if (tree?.kind === 'list') return tree.items[Number(step)];
  return undefined;
}

export function at(tree: Tree | undefined, path: Path): Tree | undefined {
  return path.reduce<Tree | undefined>(child, tree);
}

/** Where the value at `path` stands; where a step is missing, its nearest parent. */
export function placeOf(tree: Tree, path: Path): Place {
  let here = tree;
  for (const step of path) {
    const next = child(here, step);
    if (next === undefined) break;
    here = next;
  }
  return here.place;
}

/** Where the key of `path`'s last step is written. */
export function keyPlace(tree: Tree, path: Path): Place {
  const parent = at(tree, path.slice(0, -1));
  const last = path.at(-1);
  const entry = parent?.kind === 'map' ? parent.entries.find((each) => each.key === last) : undefined;
  return entry?.place ?? placeOf(tree, path);
}

export function textOf(tree: Tree | undefined): string | undefined {
  return tree?.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : undefined;
}

export function numberOf(tree: Tree | undefined): number | undefined {
  return tree?.kind === 'scalar' && typeof tree.value === 'number' ? tree.value : undefined;
}

export function itemsOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.kind === 'list' ? tree.items : [];
}

export function entriesOf(tree: Tree | undefined): readonly Entry[] {
  return tree?.kind === 'map' ? tree.entries : [];
}

/** Plain data for the schema validator; maps have no prototype. */
export function plain(tree: Tree): unknown {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map(plain);
  const map: Record<string, unknown> = Object.create(null);
  for (const entry of tree.entries) map[entry.key] = plain(entry.value);
  return map;
}
