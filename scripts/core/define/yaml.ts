import { Composer, type CST, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type ParsedNode, Parser } from 'yaml';
import type { Finding, Place } from '../model/finding.ts';
import { fault, type RuleId } from '../rules/catalogue.ts';
import type { SourceFile } from './source.ts';
import type { Entry, Tree } from './tree.ts';

/** Above these no definition is meant; they keep a hostile file from costing more than a moment. */
const YAML_LIMITS = { bytes: 1_000_000, tokens: 60_000, depth: 32, findings: 20 } as const;

export interface YamlFile {
  readonly tree: Tree | undefined;
  readonly findings: readonly Finding[];
}

/** What was read of a file, for as long as somebody has the file. */
const known = new WeakMap<SourceFile, YamlFile>();

/** Reads one plain YAML document with positions: no tags, anchors, aliases, merge keys, directives or duplicate keys. */
export function readYaml(file: SourceFile): YamlFile {
  const yaml = known.get(file) ?? readAnew(file);
  known.set(file, yaml);
  return yaml;
}

function readAnew(file: SourceFile): YamlFile {
  const findings: Finding[] = [];
  const report: Report = (place, rule, message, cure) => {
    findings.push(fault(rule, place, message, cure));
  };
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.min(offset, file.text.length));
    return { path: file.path, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (!fits(file, report)) return { tree: undefined, findings };
  checkCharacters(file, report);
  const tokens = [...new Parser(lines.addNewLine).parse(file.text)];
  const deep = deepest(tokens);
  if (deep !== undefined) {
    const rule = `nested deeper than ${YAML_LIMITS.depth} levels`;
    report(place(deep), 'yaml-too-deep', rule, 'no definition needs this; flatten it');
    return { tree: undefined, findings };
  }
  const documents = [...new Composer({ uniqueKeys: false, prettyErrors: false }).compose(tokens, true)];
  const [document, second] = documents;
  for (const each of documents) {
    for (const error of [...each.errors, ...each.warnings]) {
      // Said by refuseFeatures, where the tag stands.
      if (error.code === 'TAG_RESOLVE_FAILED') continue;
      const known = explainError(error.code, error.message);
      report(place(error.pos[0]), known.rule, known.message, known.cure);
    }
  }
  if (second !== undefined) {
    report(place(second.range[0]), 'yaml-documents', 'a second document in one file', 'keep one document a file');
  }
  const directive = tokens.find((token) => token.type === 'directive');
  if (directive !== undefined) {
    report(place(directive.offset), 'yaml-directive', 'a YAML directive', 'remove the line that begins with %');
  }
  const contents = document?.contents ?? undefined;
  const tree = contents === undefined ? undefined : convert(contents as ParsedNode, place, report);
  if (tree === undefined && findings.length === 0) {
    report({ path: file.path, line: 1, column: 1 }, 'yaml-empty', 'the file is empty', 'write its keys, or remove it');
  }
  // One that stands in the file itself is told as a control character already.
  const once = file.text.includes('\0') ? findings.filter(({ message }) => message !== A_NUL) : findings;
  return { tree, findings: capped(once) };
}

const A_NUL = 'a NUL (\\0)';

type Report = (place: Place, rule: RuleId, message: string, cure: string) => void;

/** Counts before it parses: the lexer is lazy, so a huge file costs no more than the limits allow. */
function fits(file: SourceFile, report: Report): boolean {
  const start = { path: file.path, line: 1, column: 1 };
  let size = file.text.length > YAML_LIMITS.bytes ? YAML_LIMITS.tokens + 1 : 0;
  if (size === 0) for (const _ of new Lexer().lex(file.text)) if (++size > YAML_LIMITS.tokens) break;
  if (size <= YAML_LIMITS.tokens) return true;
  const limit = `${YAML_LIMITS.bytes} bytes or ${YAML_LIMITS.tokens} YAML tokens`;
  report(start, 'yaml-too-big', `larger than ${limit}`, 'split it: one file describes one object');
  return false;
}

const CHARACTERS: readonly (readonly [RegExp, RuleId, string, string])[] = [
  [/^\uFEFF/, 'yaml-character', 'a byte order mark', 'save the file as UTF-8 without a byte order mark'],
  [/\t/, 'yaml-tab', 'a tab', 'use spaces; within double quotes write \\t'],
  [
    /[\0-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\u2028\u2029\uFFFE\uFFFF]/,
    'yaml-character',
    'a control character',
    'remove it; within double quotes write it as \\xNN',
  ],
];

function checkCharacters(file: SourceFile, report: Report): void {
  for (const [pattern, rule, message, cure] of CHARACTERS) {
    const index = file.text.search(pattern);
    if (index < 0) continue;
    const before = file.text.slice(0, index);
    const line = before.split('\n').length;
    report({ path: file.path, line, column: index - before.lastIndexOf('\n') }, rule, message, cure);
  }
}

/** Offset of the first collection below the allowed depth; iterative, since depth is what it guards against. */
function deepest(tokens: readonly CST.Token[]): number | undefined {
  const open: { readonly token: CST.Token; readonly depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > YAML_LIMITS.depth) return token.offset;
    if (token.type === 'document' && token.value) open.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    for (const item of token.items) {
      if (item.key) open.push({ token: item.key, depth: depth + 1 });
      if (item.value) open.push({ token: item.value, depth: depth + 1 });
    }
  }
  return undefined;
}

function explainError(code: string, message: string): { rule: RuleId; message: string; cure: string } {
  const first = message.split('\n')[0]!.slice(0, 200);
  if (code === 'TAB_AS_INDENT') return { rule: 'yaml-tab', message: 'a tab as indentation', cure: 'use spaces' };
  return {
    rule: 'yaml-syntax',
    message: first,
    cure: 'correct the YAML here; quote text that holds : # [ ] { } , & * !',
  };
}

function convert(node: ParsedNode | null, place: (offset: number) => Place, report: Report): Tree {
  if (node === null) return { kind: 'scalar', place: place(0), value: null };
  const here = place(node.range[0]);
  refuseFeatures(node, here, report);
  if (isMap(node)) {
    const seen = new Set<string>();
    const entries: Entry[] = [];
    for (const pair of node.items) {
      const key = keyOf(pair.key as ParsedNode | null, place, here, report);
      if (key === undefined) continue;
      if (seen.has(key.text)) {
        report(key.place, 'yaml-duplicate-key', `the key ${quote(key.text)} is here twice`, 'keep one of the two');
        continue;
      }
      seen.add(key.text);
      const value = pair.value as ParsedNode | null;
      entries.push({
        key: key.text,
        place: key.place,
        value: value ? convert(value, place, report) : nothing(key.place),
      });
    }
    return { kind: 'map', place: here, entries };
  }
  if (isSeq(node)) {
    return { kind: 'list', place: here, items: node.items.map((item) => convert(item as ParsedNode, place, report)) };
  }
  const value: unknown = isScalar(node) ? node.value : null;
  if (typeof value === 'string') refuseNoText(value, here, report);
  const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  return { kind: 'scalar', place: here, value: scalar };
}

const nothing = (place: Place): Tree => ({ kind: 'scalar', place, value: null });

function keyOf(
  key: ParsedNode | null,
  place: (offset: number) => Place,
  parent: Place,
  report: Report,
): { readonly text: string; readonly place: Place } | undefined {
  const here = key === null ? parent : place(key.range[0]);
  if (key !== null) refuseFeatures(key, here, report);
  if (key === null || !isScalar(key) || typeof key.value === 'object') {
    if (key === null || !isAlias(key)) {
      report(here, 'yaml-key', 'a key that is not plain text', 'write the key as one word before the colon');
    }
    return undefined;
  }
  const text = String(key.value);
  refuseNoText(text, here, report);
  if (text === '<<') {
    report(here, 'yaml-merge-key', 'a merge key (<<)', 'write the keys out; each file says what it means');
    return undefined;
  }
  return { text, place: here };
}

/**
 * An escape can write what no text holds: half of a character, which no catalog keeps, so that it would differ from its
 * definition for ever; or a NUL, which no statement takes.
 */
function refuseNoText(text: string, place: Place, report: Report): void {
  if (/\p{Surrogate}/u.test(text))
    report(place, 'yaml-character', 'half of a character (\\uD800 to \\uDFFF)', 'write the whole character');
  if (text.includes('\0')) report(place, 'yaml-character', A_NUL, 'remove it');
}

/** Anchors, aliases and tags make a file mean something else than it says, and small files huge. */
function refuseFeatures(node: ParsedNode, place: Place, report: Report): void {
  if (isAlias(node)) {
    report(place, 'yaml-alias', `an alias (*${node.source.slice(0, 60)})`, 'write the value out where it is meant');
    return;
  }
  if (node.anchor !== undefined) {
    report(place, 'yaml-anchor', `an anchor (&${node.anchor.slice(0, 60)})`, 'remove it; values are written out');
  }
  if (node.tag !== undefined) {
    report(place, 'yaml-tag', `a tag (${node.tag.slice(0, 60)})`, 'remove the tag; values are plain');
  }
}

function capped(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= YAML_LIMITS.findings) return findings;
  const shown = findings.slice(0, YAML_LIMITS.findings);
  const last = shown.at(-1)!;
  const more = `${findings.length - shown.length} more faults of this kind follow`;
  return [...shown, { ...last, rule: 'yaml-syntax', message: more, cure: 'correct the ones above first' }];
}

export const quote = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
