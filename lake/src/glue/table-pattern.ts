import { invalid } from './operation.ts';
import { type WildcardPart, wildcard } from './wildcard.ts';

/**
 * GetTables' Expression. Glue takes Hive's patterns (`sales*`, `*a*|*b*`) and regular expressions alike; of the latter this
 * takes `.`, `.*`, `|`, `^`, `$` and `\` before a character, and refuses the rest by name.
 */
export function tablePattern(pattern: string): (name: string) => boolean {
  const alternatives = pattern.toLowerCase().split('|').map(compile);
  return (name) => alternatives.some((matches) => matches(name));
}

function compile(pattern: string): (name: string) => boolean {
  const parts: WildcardPart[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    if (character === '*') parts.push('many');
    else if (character === '.' && pattern[i + 1] === '*') {
      parts.push('many');
      i++;
    } else if (character === '.') parts.push('one');
    else if (character === '\\' && i + 1 < pattern.length) parts.push({ text: pattern[++i]! });
    else if ((character === '^' && i === 0) || (character === '$' && i === pattern.length - 1)) continue;
    else if ('[](){}+?^$\\'.includes(character)) {
      throw invalid(`Expression '${pattern}': '${character}' is not supported by the local lake (use * and |).`);
    } else parts.push({ text: character });
  }
  return wildcard(parts);
}
