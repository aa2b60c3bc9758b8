// "…%s…".format([…]): the clauses, for values at run time and for literals that the compiler can judge. There are two
// dialects: the plain one, and the older one that Kubernetes uses, which groups digits and takes doubles only.
import { fail } from "../failure.ts";
import { doubleText, fixedText, plainDigits, scientificText } from "../number.ts";
import { quotedAsIs } from "#api/quoted.ts";
import { compareText, encodeText } from "../text.ts";
import { durationText, timestampText } from "../time.ts";
import { Double, Duration, ListValue, MapValue, runtimeName, Timestamp, TypeValue, Uint } from "../value.ts";
import type { Value } from "../value.ts";
import { decodeText } from "../text.ts";

/** One clause: its letter and, where given, its precision. */
export interface Clause {
  readonly letter: string;
  readonly precision?: number;
}
const letters = "sdfebxXo";
const badPrecision = "could not parse formatting clause: error while parsing precision: ";
/** Upstream has no limit; a text of this length says nothing more. */
const maxPrecision = 10_000;

/** Calls `put` for texts and `clause` for each clause in turn; fails on what is no format. */
export function readFormat(format: string, put: (text: string) => void, clause: (clause: Clause) => void): void {
  for (let i = 0; i < format.length;) {
    const next = format.indexOf("%", i);
    put(format.slice(i, next < 0 ? undefined : next));
    if (next < 0) return;
    if (format[next + 1] === "%") {
      put("%");
      i = next + 2;
      continue;
    }
    if (next + 1 >= format.length) fail("unexpected end of string");
    const [all, precision, letter] = /^(?:\.(\d*))?(.)?/su.exec(format.slice(next + 1))!;
    if (precision !== undefined && letter === undefined)
      fail(`${badPrecision}could not find end of precision specifier`);
    if (precision === "")
      fail(`${badPrecision}error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax`);
    if (Number(precision) > maxPrecision) fail(`${badPrecision}precision ${precision} is too large`);
    if (!letters.includes(letter!))
      fail(`could not parse formatting clause: unrecognized formatting clause ${JSON.stringify(letter)}`);
    clause({ letter: letter!, ...(precision !== undefined && { precision: Number(precision) }) });
    i = next + 1 + all.length;
  }
}

const kinds = "strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps";
const stringProblem = `string clause can only be used on ${kinds}`;
/** What a dialect allows for each letter, and what it says of anything else. */
export interface Dialect {
  readonly allowed: Readonly<Record<string, readonly string[]>>;
  readonly problems: Readonly<Record<string, string>>;
}
const integers = ["int", "uint"];
const numbers = [...integers, "double"];
const anyType =
  "list map int uint double bool string google.protobuf.Timestamp bytes google.protobuf.Duration type null_type";
export const localDialect: Dialect = {
  allowed: {
    s: anyType.split(" "),
    d: integers,
    f: ["double", "string"],
    e: ["double", "string"],
    b: [...integers, "bool"],
    x: [...integers, "bytes", "string"],
    o: integers,
  },
  problems: {
    s: stringProblem,
    d: "decimal clause can only be used on integers",
    f: "fixed-point clause can only be used on doubles",
    e: "scientific clause can only be used on doubles",
    b: "only integers and bools can be formatted as binary",
    x: "only integers, byte buffers, and strings can be formatted as hex",
    o: "octal clause can only be used on integers",
  },
};
const plainDialect: Dialect = {
  allowed: { ...localDialect.allowed, d: numbers, f: numbers, e: numbers },
  problems: {
    s: stringProblem,
    d: "decimal clause can only be used on ints, uints, and doubles",
    f: "fixed-point clause can only be used on ints, uints, and doubles",
    e: "scientific clause can only be used on ints, uints, and doubles",
    b: "only ints, uints, and bools can be formatted as binary",
    x: "only ints, uints, bytes, and strings can be formatted as hex",
    o: "octal clause can only be used on ints and uints",
  },
};
/** The message when a value of this type cannot be formatted so; undefined when it can. */
export function formatProblem(dialect: Dialect, letter: string, typeName: string): string | undefined {
  const key = letter.toLowerCase();
  if (dialect.allowed[key]!.includes(typeName)) return undefined;
  return `error during formatting: ${dialect.problems[key]}, was given ${typeName}`;
}

function interpolate(format: string, args: ListValue, dialect: Dialect, show: (clause: Clause, arg: Value) => string) {
  let out = "";
  let index = 0;
  const clause = (found: Clause): void => {
    if (index >= args.size) fail(`index ${index} out of range`);
    const arg = args.at(index++);
    const problem = formatProblem(dialect, found.letter, runtimeName(arg));
    out += problem ? fail(problem) : show(found, arg);
  };
  readFormat(format, (text) => (out += text), clause);
  return out;
}

const bigOf = (value: Value): bigint | undefined => {
  if (typeof value === "number" || typeof value === "bigint") return BigInt(value);
  return value instanceof Uint ? value.value : undefined;
};
const toHex = (bytes: Uint8Array): string => bytes.toHex();
/** Binary, octal and hexadecimal, which both dialects write alike. */
function showRadix(letter: string, value: Value): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  const big = bigOf(value);
  const radix = letter === "b" ? 2 : letter === "o" ? 8 : 16;
  const text =
    big === undefined ? toHex(value instanceof Uint8Array ? value : encodeText(String(value))) : big.toString(radix);
  return letter === "X" ? text.toUpperCase() : text;
}
const infinite = (value: number): string => (Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
const numberOf = (value: Value): number => (value instanceof Double ? value.value : Number(bigOf(value) ?? value));

/** The latest dialect. */
export const formatPlain = (format: string, args: ListValue): string =>
  interpolate(format, args, plainDialect, ({ letter, precision = 6 }, arg) => {
    if (letter === "s") return plainText(arg);
    if (letter === "d") return arg instanceof Double ? plainText(arg) : String(bigOf(arg));
    if (letter !== "f" && letter !== "e") return showRadix(letter, arg);
    const value = numberOf(arg);
    if (!Number.isFinite(value)) return infinite(value);
    return letter === "f" ? fixedText(value, precision) : scientificText(value, precision);
  });
function plainText(value: Value): string {
  if (value instanceof Double) return Number.isFinite(value.value) ? plainDigits(value.value) : infinite(value.value);
  if (value instanceof ListValue) return `[${[...value].map(plainText).join(", ")}]`;
  if (value instanceof MapValue) return mapText(value, plainText, ": ");
  return commonText(value);
}
function mapText(map: MapValue, text: (value: Value) => string, colon: string): string {
  const entries = map.keys().map((key) => [text(key), text(map.find(key) ?? null)] as const);
  const sorted = entries.sort(([a], [b]) => compareText(a, b));
  return `{${sorted.map(([key, value]) => key + colon + value).join(", ")}}`;
}
function commonText(value: Value): string {
  if (value === null) return "null";
  if (value instanceof Uint8Array) return decodeText(value) ?? new TextDecoder().decode(value);
  if (value instanceof Timestamp) return timestampText(new Timestamp(value.seconds, value.nanos));
  if (value instanceof Duration) return durationText(value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Uint) return String(value.value);
  return typeof value === "object"
    ? fail(`error during formatting: ${stringProblem}, was given ${runtimeName(value)}`)
    : String(value);
}

/** Kubernetes's dialect: English grouping of digits, powers of ten written out, texts quoted inside lists. */
export const formatLocal = (format: string, args: ListValue): string =>
  interpolate(format, args, localDialect, ({ letter, precision = 6 }, arg) => {
    if (letter === "s") return localText(arg);
    if (letter === "d") return String(bigOf(arg));
    if (letter !== "f" && letter !== "e") return showRadix(letter, arg);
    const value = localNumber(letter, arg);
    const special = Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "-∞";
    // Upstream: with %e the precision is the width; six decimals are always written.
    if (letter === "e") return (Number.isFinite(value) ? powerOfTen(value) : special).padStart(precision);
    return Number.isFinite(value) ? grouped(value, precision) : special;
  });
/** Besides doubles only the texts that stand for no number of digits. */
function localNumber(letter: string, value: Value): number {
  if (typeof value !== "string") return numberOf(value);
  const special = { NaN: Number.NaN, Infinity, "-Infinity": -Infinity }[value];
  const problem = `error during formatting: ${localDialect.problems[letter]}, was given string`;
  return special ?? fail(problem);
}
const grouped = (value: number, precision: number): string => {
  const [whole = "", fraction] = fixedText(value, precision).split(".");
  const groups = whole.replace(/\B(?=(?:\d{3})+$)/g, ",");
  return fraction === undefined ? groups : `${groups}.${fraction}`;
};
const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";
function powerOfTen(value: number): string {
  const [digits = "", exponent = "0"] = scientificText(value, 6).split("e");
  const raised = String(Math.abs(Number(exponent)))
    .padStart(2, "0")
    .replace(/\d/g, (digit) => superscripts[Number(digit)]!);
  return `${digits}×10${exponent.startsWith("-") ? "⁻" : ""}${raised}`;
}
function localText(value: Value): string {
  if (value instanceof Double) return doubleText(value.value);
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof ListValue) return `[${[...value].map(localInner).join(", ")}]`;
  return value instanceof MapValue ? mapText(value, localInner, ":") : commonText(value);
}
function localInner(value: Value): string {
  if (typeof value === "string") return quotedAsIs(value);
  if (value instanceof Uint8Array) return `b${quotedAsIs(commonText(value))}`;
  if (value instanceof Timestamp) return `timestamp("${timestampText(value)}")`;
  if (value instanceof Duration) return `duration("${durationText(value)}")`;
  if (!(value instanceof Double)) return localText(value);
  return Number.isFinite(value.value) ? fixedText(value.value, 6) : quotedAsIs(plainDigits(value.value));
}
