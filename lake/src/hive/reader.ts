import { HiveSyntaxError, type Token, tokenize } from './tokens.ts';

/** https://docs.aws.amazon.com/athena/latest/ug/reserved-words.html: to be quoted with backticks in DDL. */
const RESERVED: ReadonlySet<string> = new Set(
  `all alter and array as authorization between bigint binary boolean both by case cashe cast char column conf
   constraint commit create cross cube current current_date current_timestamp cursor database date dayofweek decimal
   delete describe distinct div double drop else end exchange exists extended external extract false fetch float floor
   following for foreign from full function grant group grouping having if import in inner insert int integer
   intersect interval into is join lateral left less like local macro map more none not null numeric of on only or
   order out outer over partialscan partition percent preceding precision preserve primary procedure range reads reduce
   regexp references revoke right rlike rollback rollup row rows select set smallint start table tablesample then time
   timestamp to transform trigger true truncate unbounded union uniquejoin update user using utc_timestamp values
   varchar views when where window with`.split(/\s+/),
);

/** Steps over the tokens of one statement; every refusal says where and what would have been right. */
export interface Reader {
  /** The next token, or the one `ahead` of it. */
  peek(ahead?: number): Token;
  next(): Token;
  /** True, and past them, where the next tokens are these words. */
  take(...words: string[]): boolean;
  need(...words: string[]): void;
  takeSymbol(symbol: string): boolean;
  needSymbol(symbol: string): void;
  identifier(): string;
  string(): string;
  number(): string;
  listed<T>(item: () => T): T[];
  end(): void;
  fail(...expecting: string[]): never;
}

export function readerOf(text: string): Reader {
  const tokens = tokenize(text);
  let at = 0;
  const peek = (ahead = 0): Token => tokens[Math.min(at + ahead, tokens.length - 1)]!;
  const isWord = (token: Token, word: string) => token.kind === 'word' && token.text.toLowerCase() === word;
  const fail = (...expecting: string[]): never => {
    const token = peek();
    const wanted = expecting.length === 0 ? '' : `. Expecting: ${expecting.join(', ')}`;
    throw new HiveSyntaxError(`mismatched input '${token.text}'${wanted}`, token.line, token.column);
  };
  const take = (...words: string[]) => {
    if (!words.every((word, ahead) => isWord(peek(ahead), word))) return false;
    at += words.length;
    return true;
  };
  const takeSymbol = (symbol: string) => {
    if (peek().kind !== 'symbol' || peek().text !== symbol) return false;
    at += 1;
    return true;
  };
  const needSymbol = (symbol: string) => {
    if (!takeSymbol(symbol)) fail(`'${symbol}'`);
  };
  const value = (kind: Token['kind'], called: string) => {
    if (peek().kind !== kind) fail(called);
    return tokens[at++]!.value;
  };
  return {
    peek,
    fail,
    take,
    takeSymbol,
    needSymbol,
    next: () => tokens[Math.min(at++, tokens.length - 1)]!,
    need: (...words) => {
      if (!take(...words)) fail(words.map((word) => `'${word.toUpperCase()}'`).join(' '));
    },
    identifier: () => {
      const token = peek();
      if (token.kind === 'quoted') return tokens[at++]!.value.toLowerCase();
      // A name that begins with an underscore or a digit needs backticks in Athena's DDL.
      if (token.kind !== 'word' || RESERVED.has(token.text.toLowerCase()) || /^[_\d]/.test(token.text)) {
        fail('identifier');
      }
      return tokens[at++]!.value.toLowerCase();
    },
    string: () => value('string', 'string literal'),
    number: () => value('number', 'number'),
    listed: (item) => {
      needSymbol('(');
      const items = [item()];
      while (takeSymbol(',')) items.push(item());
      needSymbol(')');
      return items;
    },
    end: () => {
      takeSymbol(';');
      if (peek().kind !== 'end') fail('<EOF>');
    },
  };
}
