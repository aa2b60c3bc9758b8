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
export function quoted(text: string): string {
  const plain = JSON.stringify(text);
  if (/^[\x20-\x7e]*$/.test(text)) return plain;
  const escaped = Array.from(text.toWellFormed(), (char) => {
    if (char === '"' || char === "\\") return `\\${char}`;
    if (/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(char)) return char;
    const code = char.codePointAt(0)!;
    const hex = (width: number): string => code.toString(16).padStart(width, "0");
    return escapes[char] ?? (code < 0x80 ? `\\x${hex(2)}` : code < 0x10000 ? `\\u${hex(4)}` : `\\U${hex(8)}`);
  });
  return `"${escaped.join("")}"`;
}
