// Strings as the language counts them: by code points, ordered by code points. JavaScript counts UTF-16 units, which
// agrees wherever there are no surrogates, so each function looks for those first.

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
function hasSurrogates(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (isSurrogate(text.charCodeAt(i))) return true;
  return false;
}

/** Number of code points. */
export function sizeOf(text: string): number {
  let size = text.length;
  for (let i = 0; i + 1 < text.length; i++) {
    if (text.charCodeAt(i) >> 10 === 0x36 && text.charCodeAt(i + 1) >> 10 === 0x37) {
      size--;
      i++;
    }
  }
  return size;
}
/** The code points, one string each. */
export const pointsOf = (text: string): string[] => (hasSurrogates(text) ? [...text] : text.split(""));
/** A part of the text by code points. */
export const sliceText = (text: string, start: number, end?: number): string =>
  hasSurrogates(text) ? [...text].slice(start, end).join("") : text.slice(start, end);

/** Negative, zero or positive, by code points. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    // A surrogate stands for a code point above all that one unit can hold.
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
export const encodeText = (text: string): Uint8Array => encoder.encode(text);
/** Undefined where the bytes are no UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
