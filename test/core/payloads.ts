import { BaseErrorListener, CharStreams, CommonTokenStream, type Lexer, type Parser } from 'antlr4ng';
import { HiveSqlLexer } from 'dt-sql-parser/dist/lib/hive/HiveSqlLexer.js';
import { HiveSqlParser } from 'dt-sql-parser/dist/lib/hive/HiveSqlParser.js';
import { TrinoSqlLexer } from 'dt-sql-parser/dist/lib/trino/TrinoSqlLexer.js';
import { TrinoSqlParser } from 'dt-sql-parser/dist/lib/trino/TrinoSqlParser.js';

/** Text that has broken other programs, and a judge of whether a statement is still the one that was meant. */

const CORES: readonly string[] = [
  ...["'", '"', '`', "''", '""', '``', "\\'", '\\"', '\\', '\\\\', "\\\\'", "'||(SELECT 1)||'", "' OR 1=1 --"],
  ...[
    "'; DROP TABLE x; --",
    '"; DROP TABLE x; --',
    '`; DROP DATABASE d CASCADE; --',
    '); DROP TABLE y; --',
    ') AS x --',
  ],
  ...[
    "U&'\\0027'",
    '\\u0027',
    "X'27'",
    "E'\\''",
    '$$',
    ';',
    ';;',
    'SELECT 1; SELECT 2',
    'x UNION SELECT 1',
    '?',
    ':from',
    ':table',
  ],
  ...['--', '-- x', '/*', '*/', '/* x */', '#', '//', '\n', '\r\n', '\r', '\t', '\n-- x\n', '\n;\n', '\v', '\f', '\b'],
  ...[
    'é',
    '🐟',
    'ʼ',
    '＇',
    '\u2028',
    '\u2029',
    '\u202e',
    '\u200b',
    '\ufeff',
    '\u00a0',
    '\u0085',
    '\ud800',
    'e\u0301',
    'ß',
    'İ',
  ],
  ...['\0', 'a\0b', '\u001b[31m', '\u0007', '\u007f', '\uffff', '%00', '%27', '%2e%2e%2f', '&#39;', '&quot;'],
  ...[
    '${' + '{ github.token }}',
    '${' + '{',
    '}}',
    '$(id)',
    '`id`',
    '$' + '{IFS}',
    '$HOME',
    '$x',
    '| id',
    '&& id',
    '> /tmp/x',
    '!!',
    '*',
    '~',
  ],
  ...[
    '../../etc/passwd',
    '..',
    '.',
    '/',
    '/etc/passwd',
    'a/../../b',
    '..\\..\\x',
    '//',
    's3://other/x',
    'file:///etc/passwd',
    'C:\\x',
    '_hidden',
    '.hidden',
  ],
  ...[
    '{{ x }}',
    '{% x %}',
    '#{x}',
    '<script>alert(1)</script>',
    '[x](javascript:1)',
    '@octocat',
    '![x](y)',
    '```',
    '| a |',
    '=1+1',
    '<!-- x -->',
  ],
  ...[
    '::error::x',
    '\n::add-mask::x',
    '##[error]x',
    '__proto__',
    'constructor',
    'toString',
    'null',
    'true',
    'NaN',
    '1e999',
    '0x10',
    '-0',
    '007',
    'NOW',
  ],
  ...[
    'x'.repeat(3_000),
    "'".repeat(1_000),
    '\\'.repeat(999),
    '`'.repeat(501),
    '🐟'.repeat(500),
    '--\n'.repeat(200),
    'x'.repeat(20_000),
    "';".repeat(2_000),
  ],
];

const WRAPPERS: readonly ((core: string) => string)[] = [
  (core) => core,
  (core) => `a${core}`,
  (core) => `${core}b`,
  (core) => `a ${core} b`,
];

/** At least 400 of them. */
export const PAYLOADS: readonly string[] = [...new Set(CORES.flatMap((core) => WRAPPERS.map((wrap) => wrap(core))))];

type Grammar = 'hive' | 'trino';

/** DDL is Hive's but for views; all else is Trino's. */
function grammarOf(sql: string): Grammar {
  if (/^CREATE (OR REPLACE )?VIEW|^CREATE TABLE/.test(sql)) return 'trino';
  return /^(CREATE|ALTER|DROP|MSCK)/.test(sql) ? 'hive' : 'trino';
}

/** Sequences of tokens that a grammar has taken as one statement. */
const TAKEN = new Set<string>();

/** Statements that were found to be one: most that come of a lake with one hostile text are those of the lake without it. */
const FOUND = new Set<string>();
const REMEMBERED = { statements: 20_000, characters: 5_000 } as const;

/** Why a text is not one plain statement without comments; undefined where it is. */
export function notOneStatement(sql: string): string | undefined {
  if (FOUND.has(sql)) return undefined;
  const fault = judge(sql);
  if (fault !== undefined || sql.length > REMEMBERED.characters) return fault;
  if (FOUND.size >= REMEMBERED.statements) FOUND.clear();
  FOUND.add(sql);
  return undefined;
}

function judge(sql: string): string | undefined {
  if (/\p{Surrogate}|\0/u.test(sql)) return 'it holds what is no text';
  const grammar = grammarOf(sql);
  const input = CharStreams.fromString(sql);
  const lexer = grammar === 'hive' ? new HiveSqlLexer(input) : new TrinoSqlLexer(input);
  lexer.removeErrorListeners();
  const tokens = lexer.getAllTokens();
  const names = tokens.map(
    (token) =>
      lexer.vocabulary.getSymbolicName(token.type) ?? lexer.vocabulary.getLiteralName(token.type) ?? String(token.type),
  );
  const text = tokens.map((token) => token.text ?? '');
  const strange = names.findIndex((name, at) => /UNRECOGNIZED/.test(name) || /^(--|\/\*|;)/.test(text[at]!));
  if (strange >= 0) return `${names[strange]} ${JSON.stringify(text[strange]!.slice(0, 40))}`;
  if (text.join('').length !== sql.length) return 'there are characters that no token holds';
  const skeleton = `${grammar} ${names.join(' ')}`;
  if (TAKEN.has(skeleton)) return undefined;
  const fault = parseFault(grammar, sql);
  if (fault === undefined) TAKEN.add(skeleton);
  return fault;
}

/** How many kinds of statements there were. */
export function statementKinds(): number {
  return TAKEN.size;
}

function parseFault(grammar: Grammar, sql: string): string | undefined {
  let fault: string | undefined;
  class Listener extends BaseErrorListener {
    override syntaxError(...[, , line, column, message]: Parameters<BaseErrorListener['syntaxError']>): void {
      fault ??= `${line}:${column} ${message.slice(0, 200)}`;
    }
  }
  const listen = <T extends Lexer | Parser>(recognizer: T): T => {
    recognizer.removeErrorListeners();
    recognizer.addErrorListener(new Listener());
    return recognizer;
  };
  // The rules are for programs of several statements: one that ends where the text ends is one.
  if (grammar === 'hive') {
    const parser = listen(
      new HiveSqlParser(new CommonTokenStream(listen(new HiveSqlLexer(CharStreams.fromString(`${sql};`))))),
    );
    const count = parser.program().statement().length;
    return fault ?? (count === 1 ? undefined : `${count} statements`);
  }
  const parser = listen(
    new TrinoSqlParser(new CommonTokenStream(listen(new TrinoSqlLexer(CharStreams.fromString(`${sql};`))))),
  );
  const count = parser.program().statements().length;
  return fault ?? (count === 1 ? undefined : `${count} statements`);
}
