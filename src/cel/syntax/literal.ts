// What literals stand for: numbers with their ranges, texts and bytes with their escapes.
import { fail } from "../failure.ts";
import { readInt, readUint } from "../number.ts";
import { encodeText } from "../text.ts";
import { Double } from "../value.ts";
import type { Int, Uint } from "../value.ts";

/** `sign` is "-" or empty. Fails outside int64. */
export function intLiteral(text: string, sign: string): Int {
  const digits = text.startsWith("0x") ? String(BigInt(text)) : text;
  return readInt(sign + digits) ?? fail("invalid int literal");
}
export function uintLiteral(text: string): Uint {
  const digits = text.slice(0, -1);
  return readUint(digits.startsWith("0x") ? String(BigInt(digits)) : digits) ?? fail("invalid uint literal");
}
export function doubleLiteral(text: string, sign: string): Double {
  const value = Number(sign + text);
  return Number.isFinite(value) ? new Double(value) : fail("invalid double literal");
}

const simple: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};
const escapes = /\\(?:([0-3][0-7]{2})|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gs;

/** The content between the quotes, and whether escapes count in it. */
function contentOf(token: string): { content: string; raw: boolean } {
  const match = /^[bB]?([rR]?)("""|'''|"|')/.exec(token)!;
  const quote = match[2]!;
  const content = token.slice(match[0].length, -quote.length).replace(/\r\n?/g, "\n");
  return { content, raw: match[1] !== "" };
}
export function textLiteral(token: string): string {
  const { content, raw } = contentOf(token);
  if (raw || !content.includes("\\")) return content;
  return content.replace(escapes, (_, octal?: string, hex?: string, short?: string, long?: string, other = "") => {
    const digits = hex ?? short ?? long;
    if (!octal && !digits) return simple[other] ?? other;
    const code = octal ? Number.parseInt(octal, 8) : Number.parseInt(digits!, 16);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) fail("invalid unicode code point");
    return String.fromCodePoint(code);
  });
}
export function bytesLiteral(token: string): Uint8Array {
  const { content, raw } = contentOf(token);
  if (raw || !content.includes("\\")) return encodeText(content);
  const parts: number[] = [];
  let last = 0;
  for (const match of content.matchAll(escapes)) {
    const [all, octal, hex, short, long, other = ""] = match;
    if (short || long) fail("unable to unescape string");
    parts.push(...encodeText(content.slice(last, match.index)));
    if (octal || hex) parts.push(octal ? Number.parseInt(octal, 8) : Number.parseInt(hex!, 16));
    else parts.push(...encodeText(simple[other] ?? other));
    last = match.index + all.length;
  }
  parts.push(...encodeText(content.slice(last)));
  return Uint8Array.from(parts);
}
