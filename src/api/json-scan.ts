// A strict JSON scanner that makes no values: it finds duplicate keys, and names a syntax error in the words of Go's
// decoder, because clients and people compare those texts.

export class GoSyntaxError extends Error {}

/** Upstream stops collecting after as many findings. */
const maxDuplicates = 100;

interface Scan {
  readonly text: string;
  at: number;
  readonly duplicates: string[];
  readonly places: Map<string, number> | undefined;
}

/** The place of a key's second mention, in the map of `scanJson`. */
export const secondMention = (path: string): string => `${path}\0`;

/**
 * The paths of duplicate keys, in the order of the text; throws GoSyntaxError. `places` is filled with the order in which
 * keys are mentioned.
 */
export function scanJson(text: string, places?: Map<string, number>): string[] {
  const scan: Scan = { text, at: 0, duplicates: [], places };
  value(scan, "", "looking for beginning of value");
  skipSpace(scan);
  if (scan.at < text.length) fail(scan, "after top-level value");
  return scan.duplicates;
}

function fail(scan: Scan, where: string): never {
  const char = scan.text.codePointAt(scan.at);
  if (char === undefined) throw new GoSyntaxError("unexpected end of JSON input");
  throw new GoSyntaxError(`invalid character ${quoteChar(char)} ${where}`);
}
/** A character in Go's quotes. Go reads bytes, so a character beyond ASCII shows as its first byte. */
function quoteChar(char: number): string {
  if (char === 0x27) return `'\\''`;
  if (char === 0x22) return `'"'`;
  if (char === 0x5c) return `'\\\\'`;
  const short = { 7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r" }[char];
  if (short) return `'\\${short}'`;
  if (char < 0x20 || char === 0x7f) return `'\\x${char.toString(16).padStart(2, "0")}'`;
  const byte = char < 0x80 ? char : new TextEncoder().encode(String.fromCodePoint(char))[0]!;
  return `'${String.fromCharCode(byte)}'`;
}

function skipSpace(scan: Scan): void {
  for (; scan.at < scan.text.length; scan.at++) {
    const c = scan.text.charCodeAt(scan.at);
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return;
  }
}

function value(scan: Scan, path: string, where: string): void {
  skipSpace(scan);
  const c = scan.text[scan.at];
  if (c === "{") object(scan, path);
  else if (c === "[") list(scan, path);
  else if (c === '"') string(scan);
  else if (c === "t") literal(scan, "true");
  else if (c === "f") literal(scan, "false");
  else if (c === "n") literal(scan, "null");
  else if (c === "-" || isDigit(c)) number(scan);
  else fail(scan, where);
}

/** A set of names: most objects have few members, for which a list is cheaper. */
class Names {
  readonly #few: string[] = [];
  #many: Set<string> | undefined;
  has(name: string): boolean {
    return this.#many ? this.#many.has(name) : this.#few.includes(name);
  }
  add(name: string): void {
    if (this.#many) this.#many.add(name);
    else if (this.#few.push(name) > mostInList) this.#many = new Set(this.#few);
  }
}
const mostInList = 12;

function object(scan: Scan, path: string): void {
  const seen = new Names();
  for (let first = true; ; first = false) {
    scan.at++;
    skipSpace(scan);
    if (first && scan.text[scan.at] === "}") break;
    if (scan.text[scan.at] !== '"') fail(scan, "looking for beginning of object key string");
    const key = string(scan);
    const here = path ? `${path}.${key}` : key;
    const isAgain = seen.has(key);
    if (isAgain && scan.duplicates.length < maxDuplicates && !scan.duplicates.includes(here)) {
      scan.duplicates.push(here);
    }
    const mention = isAgain ? secondMention(here) : here;
    if (scan.places && !scan.places.has(mention)) scan.places.set(mention, scan.places.size);
    if (!isAgain) seen.add(key);
    skipSpace(scan);
    if (scan.text[scan.at] !== ":") fail(scan, "after object key");
    scan.at++;
    value(scan, here, "looking for beginning of value");
    skipSpace(scan);
    const next = scan.text[scan.at];
    if (next === "}") break;
    if (next !== ",") fail(scan, "after object key:value pair");
  }
  scan.at++;
}

function list(scan: Scan, path: string): void {
  scan.at++;
  skipSpace(scan);
  if (scan.text[scan.at] === "]") {
    scan.at++;
    return;
  }
  for (let index = 0; ; index++) {
    value(scan, `${path}[${index}]`, "looking for beginning of value");
    skipSpace(scan);
    const next = scan.text[scan.at];
    if (next !== "," && next !== "]") fail(scan, "after array element");
    scan.at++;
    if (next === "]") return;
  }
}

function string(scan: Scan): string {
  const start = scan.at;
  let escaped = false;
  for (scan.at++; ; scan.at++) {
    const c = scan.text.charCodeAt(scan.at);
    if (c === 0x22) break;
    if (c < 0x20 || Number.isNaN(c)) fail(scan, "in string literal");
    if (c !== 0x5c) continue;
    escaped = true;
    const next = scan.text[++scan.at];
    if (next === "u") {
      for (let i = 0; i < 4; i++) {
        scan.at++;
        if (!/^[0-9a-fA-F]$/.test(scan.text[scan.at] ?? "")) fail(scan, "in \\u hexadecimal character escape");
      }
    } else if (next === undefined || !'"\\/bfnrt'.includes(next)) fail(scan, "in string escape code");
  }
  scan.at++;
  const raw = scan.text.slice(start, scan.at);
  return escaped ? (JSON.parse(raw) as string) : raw.slice(1, -1);
}

function literal(scan: Scan, word: string): void {
  for (let i = 1; i < word.length; i++) {
    scan.at++;
    if (scan.text[scan.at] !== word[i]) fail(scan, `in literal ${word} (expecting ${quoteChar(word.charCodeAt(i))})`);
  }
  scan.at++;
}

const isDigit = (c: string | undefined): boolean => c !== undefined && c >= "0" && c <= "9";
function number(scan: Scan): void {
  const { text } = scan;
  const digits = (): void => {
    while (isDigit(text[scan.at])) scan.at++;
  };
  if (text[scan.at] === "-") {
    scan.at++;
    if (!isDigit(text[scan.at])) fail(scan, "in numeric literal");
  }
  if (text[scan.at] === "0") scan.at++;
  else digits();
  if (text[scan.at] === ".") {
    scan.at++;
    if (!isDigit(text[scan.at])) fail(scan, "after decimal point in numeric literal");
    digits();
  }
  if (text[scan.at] === "e" || text[scan.at] === "E") {
    scan.at++;
    if (text[scan.at] === "+" || text[scan.at] === "-") scan.at++;
    if (!isDigit(text[scan.at])) fail(scan, "in exponent of numeric literal");
    digits();
  }
}
