// Texts in quotes, as Go writes them (%q): what cannot be printed is escaped. Messages name what clients sent this way.

const escapes: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};
const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);
/** Halves of surrogate pairs become U+FFFD. */
export const quoted = (text: string): string =>
  isPlain(text) ? JSON.stringify(text) : quotedAsIs(text.toWellFormed());
/** Halves of surrogate pairs are escaped. */
export function quotedAsIs(text: string): string {
  if (isPlain(text)) return JSON.stringify(text);
  const escaped = Array.from(text, (char) => {
    if (char === '"' || char === "\\") return `\\${char}`;
    if (/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(char)) return char;
    const code = char.codePointAt(0)!;
    const hex = (width: number): string => code.toString(16).padStart(width, "0");
    return escapes[char] ?? (code < 0x80 ? `\\x${hex(2)}` : code < 0x10000 ? `\\u${hex(4)}` : `\\U${hex(8)}`);
  });
  return `"${escaped.join("")}"`;
}
