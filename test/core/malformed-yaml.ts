/** Files that look like definitions and are none: what editors, merges, generators and enemies make of YAML. */

export interface Malformed {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** At one line of a file, something that plain YAML does not have. */
const LINE_FAULTS: Readonly<Record<string, (line: string) => string>> = {
  'a tab as indentation': (line) => `\t${line}`,
  'a tab behind': (line) => `${line}\t# x`,
  'a NUL': (line) => `${line}\0`,
  'a bell': (line) => `${line}\u0007`,
  'a vertical tab': (line) => `\v${line}`,
  'a next line character': (line) => `${line}\u0085`,
  'a line separator': (line) => `${line}\u2028`,
  'a delete character': (line) => `\u007f${line}`,
  'the key twice': (line) => `${line}\n${line}`,
  'an anchor': (line) => line.replace(/: (?=\S)/, ': &x '),
  'an alias': (line) => `${line}\n${indentOf(line)}again: *x`,
  'a merge key': (line) => `${line}\n${indentOf(line)}<<: { a: 1 }`,
  'a tag of its own': (line) => line.replace(/: (?=\S)/, ': !mine '),
  'a core tag': (line) => line.replace(/: (?=\S)/, ': !!str '),
  'a python tag': (line) => `${line}\n${indentOf(line)}x: !!python/object/apply:os.system ["id"]`,
  'a binary': (line) => `${line}\n${indentOf(line)}x: !!binary aGVsbG8=`,
  'a quote without end': (line) => `${line}\n${indentOf(line)}x: "open`,
  'a bracket without end': (line) => `${line}\n${indentOf(line)}x: [1, 2`,
  'a brace too many': (line) => `${line}\n}`,
  'an unknown key': (line) => `${line}\n${indentOf(line)}colour_of_the_sky: blue`,
  'a key that is a list': (line) => `${line}\n${indentOf(line)}? [a, b]\n${indentOf(line)}: c`,
  'a merge conflict': (line) => `<<<<<<< HEAD\n${line}\n=======\n${line}x\n>>>>>>> branch`,
  'a second document': (line) => `${line}\n---\na: 1`,
  'an end of document': (line) => `${line}\n...\nb: 2`,
  'a directive': (line) => `${line}\n%YAML 1.1\n---`,
  'one space too many': (line) => ` ${line}\n${line}`,
  'a bare word': (line) => `${line}\nword`,
  'a carriage return': (line) => `${line}\r\r`,
  'a block scalar that ends nowhere': (line) => `${line}\n${indentOf(line)}x: |9\n${indentOf(line)} y`,
  'an escape that is none': (line) => `${line}\n${indentOf(line)}x: "\\q"`,
  'half a character': (line) => `${line}\n${indentOf(line)}x: "\\ud83d"`,
  'a template': (line) => `${line}\n{{- if .Values.x }}`,
};

function indentOf(line: string): string {
  return /^ */.exec(line)![0];
}

/** Whole files. */
const WHOLE: Readonly<Record<string, (text: string) => Uint8Array>> = {
  'a byte order mark': (text) => utf8(`\ufeff${text}`),
  'UTF-16': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'Latin-1': (text) => Buffer.from(`${text}# \xe9\n`, 'latin1'),
  'a lone continuation byte': (text) => Buffer.concat([utf8(text), Buffer.from([0x80])]),
  'an overlong NUL': (text) => Buffer.concat([utf8(text), Buffer.from([0xc0, 0x80])]),
  'a surrogate in UTF-8': (text) => Buffer.concat([utf8(text), Buffer.from([0xed, 0xa0, 0x80])]),
  'ten megabytes': (text) => utf8(text + 'x: y\n'.repeat(2_000_000)),
  'ten megabytes of comments': (text) => utf8(text + '# comment\n'.repeat(1_000_000)),
  'just below the limit of size': (text) => utf8(text + 'k: [1]\n'.repeat(120_000)),
  gzip: () => Buffer.from('1f8b0800000000000003', 'hex'),
  Parquet: () => Buffer.from('PAR1\u0015\u0004\u0015'),
  'half of the file': (text) => utf8(text.slice(0, text.length / 2)),
  'old line ends': (text) => utf8(text.replaceAll('\n', '\r')),
  nothing: () => utf8(''),
  'only spaces': () => utf8('   \n  \n'),
  'a number': () => utf8('42\n'),
  'JSON that is cut': (text) => utf8(`{"description": ${JSON.stringify(text)}`),
  'a list for a map': () => utf8('- a\n- b\n'),
  'a map for a list': () => utf8('a: { b: c }\n'),
  'aliases that double': (text) => utf8(`${text}a0: &a0 [x, x]\n${doubling(26)}`),
  'aliases in maps that double': (text) => utf8(`${text}a0: &a0 { k: x }\n${doubling(26)}`),
  'ten thousand aliases': (text) => utf8(`${text}a: &a [1]\nb:\n${'  - *a\n'.repeat(10_000)}`),
  'an alias to itself': (text) => utf8(`${text}a: &a [*a]\n`),
  'merges of merges': (text) => utf8(`${text}a: &a { x: 1 }\nb:\n${'  <<: [*a, *a]\n'.repeat(3_000)}`),
  'deep lists': (text) => utf8(`${text}a: ${'['.repeat(50_000)}${']'.repeat(50_000)}\n`),
  'deep maps': (text) => utf8(`${text}a: ${'{a: '.repeat(50_000)}`),
  'deep blocks': (text) => utf8(text + Array.from({ length: 900 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')),
  'deep dashes': (text) => utf8(`${text}a:\n  ${'- '.repeat(20_000)}x\n`),
  'many keys of one name': (text) => utf8(text + 'k: 1\n'.repeat(9_000)),
  'many tags': (text) => utf8(`${text}a: ${'!a '.repeat(10_000)}\n`),
  'many documents': (text) => utf8(text + '---\n'.repeat(50_000)),
  'a word of a megabyte': (text) => utf8(`${text}a: ${'x'.repeat(990_000)}\n`),
  'quotes of a megabyte': (text) => utf8(`${text}a: ${"'".repeat(990_000)}\n`),
  'a key of a megabyte': (text) => utf8(`${text}${'k'.repeat(990_000)}: 1\n`),
  'keys of prototypes': (text) =>
    utf8(`${text}__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\n`),
};

function doubling(levels: number): string {
  const line = (level: number): string => `a${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}]\n`;
  return Array.from({ length: levels }, (_, at) => line(at + 1)).join('');
}

/** What can become of a file: every whole-file fault, and every line fault at some of its lines. */
export function malformed(text: string): readonly Malformed[] {
  const lines = text.split('\n').filter((line) => line !== '');
  const whole = Object.entries(WHOLE).map(([name, make]) => ({ name, bytes: make(text) }));
  const inside = Object.entries(LINE_FAULTS).flatMap(([name, make], index) =>
    [0, 1, 2].flatMap((turn): Malformed[] => {
      const at = (index + turn * 5) % lines.length;
      const broken = lines.with(at, make(lines[at]!)).join('\n');
      return broken === lines.join('\n') ? [] : [{ name: `${name} at line ${at + 1}`, bytes: utf8(`${broken}\n`) }];
    }),
  );
  return [...whole, ...inside];
}
