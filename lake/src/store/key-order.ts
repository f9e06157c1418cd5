/** Keys in the order of their UTF-8 bytes, which is how S3 lists them, and the places of prefixes among them. */
export interface KeyOrder {
  readonly size: number;
  at(index: number): string | undefined;
  add(key: string): void;
  remove(key: string): void;
  /** Index of the first key that is not before `key`. */
  from(key: string): number;
  /** Index of the first key that is after all keys that begin with `prefix`. */
  afterPrefix(prefix: string): number;
}

type Compare = (a: string, b: string) => number;

// JavaScript compares UTF-16 units: that is UTF-8 order too, as long as no unit is a surrogate or above.
const HIGH_UNIT = /[\ud800-\uffff]/;

const byUnits: Compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** UTF-8 order of any two strings: where they differ, a surrogate stands for a code point above all others. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    return rank(x) - rank(y);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** `keys` must not repeat themselves. */
export function createKeyOrder(initial: Iterable<string>): KeyOrder {
  const keys = [...initial];
  let compare: Compare = keys.some((key) => HIGH_UNIT.test(key)) ? compareUtf8 : byUnits;
  keys.sort(compare);

  function search(isBefore: (key: string) => boolean): number {
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(keys[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  function from(key: string): number {
    const order = HIGH_UNIT.test(key) ? compareUtf8 : compare;
    return search((other) => order(other, key) < 0);
  }

  return {
    get size() {
      return keys.length;
    },
    at: (index) => keys[index],
    from,
    add(key) {
      if (HIGH_UNIT.test(key)) compare = compareUtf8;
      const last = keys.at(-1);
      if (last === undefined || compare(last, key) < 0) keys.push(key);
      else {
        const index = from(key);
        if (keys[index] !== key) keys.splice(index, 0, key);
      }
    },
    remove(key) {
      const index = from(key);
      if (keys[index] === key) keys.splice(index, 1);
    },
    afterPrefix(prefix) {
      const order = HIGH_UNIT.test(prefix) ? compareUtf8 : compare;
      return search((key) => order(key.slice(0, prefix.length), prefix) <= 0);
    },
  };
}
