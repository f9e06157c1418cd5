/** Tokens of Hive DDL: words, `quoted` names, 'strings' and "strings" with backslash escapes, numbers, symbols. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'end';
  /** As written. */
  readonly text: string;
  /** What it stands for: the unquoted name, the unescaped string. */
  readonly value: string;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

export class HiveSyntaxError extends Error {
  readonly line: number;
  readonly column: number;
  constructor(message: string, line: number, column: number) {
    super(`line ${line}:${column}: ${message}`);
    this.name = 'HiveSyntaxError';
    this.line = line;
    this.column = column;
  }
}

const PATTERN =
  /(?<blank>\s+|--[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*")|(?<quoted>`(?:[^`]|``)*`)|(?<number>\d+(?:\.\d+)?(?![\p{L}\p{N}_]))|(?<word>[\p{L}\p{N}_$]+)|(?<symbol><=|>=|<>|!=|[\s\S])/uy;

/** All tokens of `text`, closed by one of kind `end`. */
export function tokenize(text: string): readonly Token[] {
  const out: Token[] = [];
  const place = lineCounter(text);
  PATTERN.lastIndex = 0;
  let offset = 0;
  while (offset < text.length) {
    PATTERN.lastIndex = offset;
    const groups = PATTERN.exec(text)?.groups ?? {};
    const kind = (['blank', 'string', 'quoted', 'number', 'word', 'symbol'] as const).find(
      (k) => groups[k] !== undefined,
    );
    if (kind === undefined) break;
    const source = groups[kind] ?? '';
    const at = place(offset);
    if (kind === 'symbol' && (source === "'" || source === '"' || source === '`')) {
      throw new HiveSyntaxError(`missing closing ${source}`, at.line, at.column);
    }
    if (kind !== 'blank') out.push({ kind, text: source, value: meaning(kind, source), offset, ...at });
    offset += source.length;
  }
  out.push({ kind: 'end', text: '<EOF>', value: '', offset, ...place(offset) });
  return out;
}

function meaning(kind: string, source: string): string {
  if (kind === 'quoted') return source.slice(1, -1).replaceAll('``', '`');
  return kind === 'string' ? unescapeHive(source.slice(1, -1)) : source;
}

function lineCounter(text: string): (offset: number) => { line: number; column: number } {
  let line = 1;
  let start = 0;
  let seen = 0;
  return (offset) => {
    for (; seen < offset; seen++) {
      if (text.charCodeAt(seen) === 10) {
        line++;
        start = seen + 1;
      }
    }
    return { line, column: offset - start + 1 };
  };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', '0': '\0', Z: '\u001a' };

/** Hive's escapes: \ooo (octal), \uXXXX, the usual letters; `\%` and `\_` keep their backslash; else the character. */
export function unescapeHive(text: string): string {
  return text.replace(/\\(?:([0-3][0-7]{2})|u([0-9a-fA-F]{4})|([\s\S]))/g, (whole, octal, hex, other: string) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (other === '%' || other === '_') return whole;
    return ESCAPES[other] ?? other;
  });
}
