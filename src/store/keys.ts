// Keys are ordered by their UTF-8 bytes, as etcd and SQLite order them. That is the order of code points, not of
// JavaScript's UTF-16 units: the two differ beyond U+FFFF. Keys are well-formed strings without U+0000.

/** UTF-16 units of code points beyond U+FFFF (surrogates) come after all others. */
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** Negative when `a` comes first, positive when `b` does, 0 when they are the same. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** The first string after every string that starts with `prefix`; absent: there is none. */
export function prefixEnd(prefix: string): string | undefined {
  const points = Array.from(prefix, (c) => c.codePointAt(0)!);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === 0x10ffff) continue;
    const next = last === 0xd7ff ? 0xe000 : last + 1;
    return String.fromCodePoint(...points, next);
  }
  return undefined;
}

/** The first string after `key`. */
export const keyAfter = (key: string): string => `${key}\0`;

/** Where a listing of `prefix` starts when asked to start at `from`. */
export const listStart = (prefix: string, from: string | undefined): string =>
  from !== undefined && compareKeys(from, prefix) > 0 ? from : prefix;
