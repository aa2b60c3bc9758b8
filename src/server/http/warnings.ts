// Texts for the client as Warning headers: quoted, in the bytes of UTF-8, and no more of them than a header block bears.
// The limits are upstream's.

const totalLimit = 4 * 1024;
const itemLimit = 256;

/** Node writes header values byte by byte. Control characters would be refused, or end the header. */
const inBytes = (text: string): string => Buffer.from(text.replace(/\p{Cc}+/gu, " ")).toString("latin1");
const quoted = (text: string): string => `299 - "${inBytes(text.replace(/[\\"]/g, "\\$&"))}"`;

/** Each text once, in order; long ones are cut when all together are too long, and what is too much is left out. */
export function warningHeaders(texts: readonly string[]): string[] {
  const unique = [...new Set(texts)];
  const isLong = unique.reduce((sum, text) => sum + text.length, 0) > totalLimit;
  const headers: string[] = [];
  let left = totalLimit;
  for (const text of unique) {
    const shown = isLong ? text.slice(0, itemLimit) : text;
    left -= shown.length;
    if (left < 0) break;
    headers.push(quoted(shown));
  }
  return headers;
}
