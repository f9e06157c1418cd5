import { invalidArgument } from './udf.ts';

interface Reader {
  readonly pattern: string;
  position: number;
  flags: string;
  inClass: number;
}

const posix: Readonly<Record<string, string>> = {
  Alpha: '\\p{L}',
  Digit: '0-9',
  Alnum: '\\p{L}0-9',
  Upper: '\\p{Lu}',
  Lower: '\\p{Ll}',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Space: '\\s',
  Blank: ' \\t',
  XDigit: '0-9a-fA-F',
  ASCII: '\\x00-\\x7F',
};

const compiled = new Map<string, RegExp>();

/** A Java pattern as a JavaScript expression; Trino's failure where it is none. */
export function javaRegExp(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known !== undefined) {
    known.lastIndex = 0;
    return known;
  }
  const reader: Reader = { pattern, position: 0, flags: 'gu', inClass: 0 };
  const source = translate(reader);
  if (reader.inClass > 0) throw invalidArgument('premature end of char-class');
  try {
    const made = new RegExp(source, reader.flags);
    if (compiled.size > 500) compiled.clear();
    compiled.set(pattern, made);
    return made;
  } catch (error) {
    throw invalidArgument(complaint((error as Error).message));
  }
}

function complaint(message: string): string {
  if (/Unterminated group/.test(message)) return 'end pattern with unmatched parenthesis';
  if (/Unmatched '\)'/.test(message)) return 'unmatched close parenthesis';
  if (/character class/.test(message)) return 'premature end of char-class';
  if (/Nothing to repeat/.test(message)) return 'target of repeat operator is not specified';
  return message.replace(/^Invalid regular expression: /, '');
}

function translate(reader: Reader): string {
  let source = '';
  while (reader.position < reader.pattern.length) source += piece(reader);
  return source;
}

function piece(reader: Reader): string {
  const { pattern } = reader;
  const sign = String.fromCodePoint(pattern.codePointAt(reader.position)!);
  reader.position += sign.length;
  if (sign === '\\') return escaped(reader);
  if (reader.inClass > 0) return inClass(reader, sign);
  switch (sign) {
    case '[':
      reader.inClass = 1;
      if (pattern[reader.position] === '^') {
        reader.position += 1;
        return '[^';
      }
      return '[';
    case '$':
      // the end, or before a line feed at the end
      return '(?=\\n?(?![\\s\\S]))';
    case '(':
      return group(reader);
    case '.':
      return reader.flags.includes('s') ? '.' : '[^\\n]';
    case '*':
    case '+':
    case '?':
      return quantifier(reader, sign);
    case '{':
      return counted(reader);
    case '}':
      return '\\}';
    case ']':
      return '\\]';
    default:
      return sign;
  }
}

/** `a++` takes all and gives nothing back: JavaScript has no such thing. */
function quantifier(reader: Reader, sign: string): string {
  const next = reader.pattern[reader.position];
  if (next === '+') throw invalidArgument(`possessive quantifiers are not supported here: ${reader.pattern}`);
  if (next !== '?') return sign;
  reader.position += 1;
  return `${sign}?`;
}

function counted(reader: Reader): string {
  const match = /^(?:\d+(?:,\d*)?\})/.exec(reader.pattern.slice(reader.position));
  if (match === null) return '\\{';
  reader.position += match[0].length - 1;
  const rest = quantifier({ ...reader, position: reader.position + 1 }, '}');
  reader.position += rest.length;
  return `{${match[0].slice(0, -1)}${rest}`;
}

function group(reader: Reader): string {
  const flags = /^\?([imsux]+)\)/.exec(reader.pattern.slice(reader.position));
  if (flags === null) {
    if (/^\?>/.test(reader.pattern.slice(reader.position))) {
      throw invalidArgument(`atomic groups are not supported here: ${reader.pattern}`);
    }
    return '(';
  }
  if (reader.position !== 1 || flags[1]!.includes('x')) {
    throw invalidArgument(`inline flags are supported at the start only: ${reader.pattern}`);
  }
  reader.position += flags[0].length;
  for (const flag of flags[1]!.replace('u', '')) reader.flags += flag;
  return '';
}

function inClass(reader: Reader, sign: string): string {
  const rest = reader.pattern.slice(reader.position);
  if (sign === ']') {
    reader.inClass = 0;
    return sign;
  }
  if (sign === '[') {
    const named = /^:(\^?)(\w+):\]/.exec(rest);
    const set = named && posix[named[2]![0]!.toUpperCase() + named[2]!.slice(1)];
    if (!named || !set || named[1] !== '')
      throw invalidArgument(`nested character classes are not supported here: ${reader.pattern}`);
    reader.position += named[0].length;
    return set;
  }
  if (sign === '&' && rest.startsWith('&')) {
    throw invalidArgument(`intersections of character classes are not supported here: ${reader.pattern}`);
  }
  return sign;
}

function escaped(reader: Reader): string {
  const letter = reader.pattern[reader.position];
  if (letter === undefined) throw invalidArgument('end pattern at escape');
  reader.position += 1;
  switch (letter) {
    case 'A':
      return '(?<![\\s\\S])';
    case 'z':
      return '(?![\\s\\S])';
    case 'Z':
      return '(?=\\n?(?![\\s\\S]))';
    case 'h':
      return reader.inClass > 0 ? ' \\t' : '[ \\t]';
    case 'e':
      return '\\x1b';
    case 'a':
      return '\\x07';
    case 'Q':
      return quoted(reader);
    case 'p':
    case 'P':
      return property(reader, letter);
    default:
      if (/[dDwWsSbBnrtfvkux1-9]/.test(letter) || /[\^$\\.*+?()[\]{}|/]/.test(letter)) return `\\${letter}`;
      if (letter === '0') return octal(reader);
      return letter === '-' ? '\\-' : letter;
  }
}

function octal(reader: Reader): string {
  const digits = /^[0-7]{1,3}/.exec(reader.pattern.slice(reader.position))?.[0] ?? '0';
  reader.position += digits.length;
  return `\\x${Number.parseInt(digits, 8).toString(16).padStart(2, '0')}`;
}

function quoted(reader: Reader): string {
  const end = reader.pattern.indexOf('\\E', reader.position);
  const text = reader.pattern.slice(reader.position, end < 0 ? undefined : end);
  reader.position += text.length + (end < 0 ? 0 : 2);
  return text.replaceAll(/[\^$\\.*+?()[\]{}|/]/g, '\\$&');
}

function property(reader: Reader, letter: string): string {
  const match = /^(?:\{\^?(\w+)\}|(\w))/.exec(reader.pattern.slice(reader.position));
  if (match === null) throw invalidArgument('invalid character property name {p}');
  reader.position += match[0].length;
  const name = match[1] ?? match[2]!;
  const set = posix[name];
  if (set === undefined) return `\\${letter}{${name.replace(/^Is/, '')}}`;
  if (reader.inClass > 0 && letter === 'p') return set;
  return `[${letter === 'P' ? '^' : ''}${set}]`;
}
