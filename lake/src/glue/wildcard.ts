/** One character, any one character, or any number of any characters. */
export type WildcardPart = { readonly text: string } | 'one' | 'many';

/**
 * Matches whole texts in time (length of text) x (length of pattern): the newest `many` alone is tried again. A RegExp made
 * of a client's pattern could be made to run for ever.
 */
export function wildcard(parts: readonly WildcardPart[]): (text: string) => boolean {
  return (text) => {
    const letters = [...text];
    let at = 0;
    let letter = 0;
    let retryAt = -1;
    let retryLetter = 0;
    while (letter < letters.length) {
      const part = parts[at];
      if (part === 'many') {
        retryAt = ++at;
        retryLetter = letter;
      } else if (part === 'one' || part?.text === letters[letter]) {
        at++;
        letter++;
      } else if (retryAt >= 0) {
        at = retryAt;
        letter = ++retryLetter;
      } else return false;
    }
    while (parts[at] === 'many') at++;
    return at === parts.length;
  };
}
