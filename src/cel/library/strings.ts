// The strings extension. Positions count code points. Kubernetes has it at version 2; reverse came with 3, and with 4
// another way of formatting.
import { elementsCost, sizeOf as sizeOfNode, textCost } from "../cost/calls.ts";
import type { CallNode } from "../cost/node.ts";
import { plus, scaled, textFactor, times, unlimited } from "../cost/range.ts";
import type { Range } from "../cost/range.ts";
import { traversal } from "../cost/size.ts";
import { fail } from "../failure.ts";
import type { CallCost, Library } from "../library.ts";
import { declarer, overload } from "../library.ts";
import { pointsOf, sizeOf, sliceText } from "../text.ts";
import { plainText } from "../value-text.ts";
import { listOf } from "../value.ts";
import type { Int, ListValue, Value } from "../value.ts";
import { formatLocal, formatPlain } from "./string-format.ts";

const declare = declarer();
const outOfRange = (index: Int): never => fail(`index out of range: ${index}`);

function charAt(text: string, index: Int): string {
  const points = pointsOf(text);
  if (index < 0 || index > points.length) outOfRange(index);
  return points[Number(index)] ?? "";
}
/** Where `part` lies in `text` at or behind code point `from`, in the direction of `step`. */
function search(text: string, part: string, from: number, step: 1 | -1): number {
  const points = pointsOf(text);
  const wanted = pointsOf(part);
  const last = points.length - wanted.length;
  for (let i = step > 0 ? from : Math.min(from, last); i >= 0 && i <= last; i += step)
    if (wanted.every((point, j) => points[i + j] === point)) return i;
  return -1;
}
function indexOf(text: string, part: string, offset: Int = 0): Int {
  if (part === "") return offset;
  return offset < 0 ? outOfRange(offset) : search(text, part, Number(offset), 1);
}
/** The latest version fails where Kubernetes's finds nothing: behind the end. */
const within =
  (find: (text: string, part: string, offset?: Int) => Int) =>
  (text: string, part: string, offset?: Int): Int =>
    offset !== undefined && part !== "" && offset > sizeOf(text) ? outOfRange(offset) : find(text, part, offset);
function lastIndexOf(text: string, part: string, offset?: Int): Int {
  if (part === "") return offset ?? sizeOf(text);
  if (offset === undefined) return search(text, part, sizeOf(text) - 1, -1);
  if (offset < 0) return outOfRange(offset);
  return offset >= sizeOf(text) ? -1 : search(text, part, Number(offset), -1);
}
function substring(text: string, start: Int, end?: Int): string {
  const size = sizeOf(text);
  if (end !== undefined && start > end) fail(`invalid substring range. start: ${start}, end: ${end}`);
  if (start < 0 || start > size) outOfRange(start);
  if (end !== undefined && (end < 0 || end > size)) outOfRange(end);
  return sliceText(text, Number(start), end === undefined ? undefined : Number(end));
}
/** Replaces at most `count` times; a negative count has no limit. */
function replace(text: string, old: string, by: string, count: Int = -1): string {
  if (count < 0) return old === "" ? surround(text, by, Infinity) : text.replaceAll(old, () => by);
  if (old === "") return surround(text, by, Number(count));
  const parts = text.split(old);
  const kept = Math.min(Number(count), parts.length - 1);
  return [parts.slice(0, kept + 1).join(by), ...parts.slice(kept + 1)].join(old);
}
/** An empty text lies before each character and behind the last. */
function surround(text: string, by: string, count: number): string {
  const points = pointsOf(text);
  const pieces = points.map((point, i) => (i < count ? by + point : point));
  return pieces.join("") + (points.length < count ? by : "");
}
function split(text: string, separator: string, count: Int = -1): ListValue {
  if (count === 0) return listOf([]);
  const parts = separator === "" ? pointsOf(text) : text.split(separator);
  if (count < 0 || parts.length <= count) return listOf(parts);
  const kept = Number(count) - 1;
  return listOf([...parts.slice(0, kept), parts.slice(kept).join(separator)]);
}
function join(list: ListValue, separator = ""): string {
  const parts: string[] = [];
  for (const item of list)
    parts.push(typeof item === "string" ? item : fail(`join: invalid input: ${plainText(item)}`));
  return parts.join(separator);
}
const quotes: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};
const quote = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- bell is one of the characters that are quoted
  `"${text.toWellFormed().replace(/[\x07\b\f\n\r\t\v\\"]/g, (character) => quotes[character]!)}"`;
const capitals = /[A-Z]+/g;
const lower = (text: string): string => text.replace(capitals, (part) => part.toLowerCase());
const upper = (text: string): string => text.replace(/[a-z]+/g, (part) => part.toUpperCase());
/** Unicode's white space, which is Go's: unlike JavaScript's it holds U+0085 and not U+FEFF. */
const blanks = "[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const blankEnds = new RegExp(`^${blanks}|${blanks}$`, "g");
const trim = (text: string): string => text.replace(blankEnds, "");

const replaceCost: CallCost = { ...textCost(2), estimate: estimateReplace };
/** The shortest and longest text that can come out of a replacement. */
function estimateReplace({ target, args }: CallNode): ReturnType<CallCost["estimate"]> {
  if (!target || args.length < 2) return undefined;
  const { size } = target;
  const old = sizeOfNode(args[0]);
  const by = sizeOfNode(args[1]);
  const longest = replacements(size.max, old.min, by.max <= old.min);
  const shortest = replacements(size.min, old.max, old.max <= by.min);
  const count: Range = { min: shortest.count, max: longest.count };
  const kept: Range = { min: shortest.kept, max: longest.kept };
  return { cost: scaled(size, 2 * textFactor), size: plus(times(count, by), kept) };
}
function replacements(size: number, old: number, unchanged: boolean): { count: number; kept: number } {
  if (old === 0) return { count: size < unlimited ? size + 1 : size, kept: size };
  return unchanged ? { count: 0, kept: size } : { count: Math.ceil(size / old), kept: 0 };
}
const splitCost: CallCost = {
  ...textCost(2),
  estimate: ({ target, args }) => {
    if (!target) return undefined;
    const limit = args[1]?.value;
    const max = typeof limit === "number" ? (limit < 0 ? unlimited : limit) : target.size.max;
    return { cost: scaled(target.size, 2 * textFactor), size: { min: 0, max } };
  },
};
const joinCost: CallCost = {
  actual: (_, result) => Math.ceil(sizeOf(result as string) * 2 * textFactor),
  afterwards: true,
  estimate: ({ target, args: [separator] }) => {
    if (!target) return undefined;
    const items = target.items ? times(target.size, target.items.size) : { min: 0, max: 0 };
    const gaps = { min: Math.max(0, target.size.min - 1), max: Math.max(0, target.size.max - 1) };
    const size = separator ? plus(items, times(separator.size, gaps)) : items;
    return { cost: scaled(size, textFactor), size };
  },
};
const quoteCost: CallCost = {
  ...textCost(),
  estimate: ({ args: [text] }) =>
    text && {
      cost: scaled(text.size, textFactor),
      size: { min: text.size.min + 2, max: Math.min(text.size.max * 2 + 2, unlimited) },
    },
};
const formatCost: CallCost = {
  actual: ([text]) => traversal(text!),
  estimate: ({ target }) => target && { cost: scaled(target.size, textFactor) },
};

const searching = (first: typeof indexOf, last: typeof lastIndexOf) => [
  declare("indexOf", [
    overload("string_index_of_string", "string.(string) -> int", first, elementsCost),
    overload("string_index_of_string_int", "string.(string, int) -> int", first, elementsCost),
  ]),
  declare("lastIndexOf", [
    overload("string_last_index_of_string", "string.(string) -> int", last, elementsCost),
    overload("string_last_index_of_string_int", "string.(string, int) -> int", last, elementsCost),
  ]),
];
const common = [
  declare("charAt", [overload("string_char_at_int", "string.(int) -> string", charAt)]),
  declare("lowerAscii", [overload("string_lower_ascii", "string.() -> string", lower, textCost(1, true))]),
  declare("replace", [
    overload("string_replace_string_string", "string.(string, string) -> string", replace, replaceCost),
    overload("string_replace_string_string_int", "string.(string, string, int) -> string", replace, replaceCost),
  ]),
  declare("split", [
    overload("string_split_string", "string.(string) -> list(string)", split, splitCost),
    overload("string_split_string_int", "string.(string, int) -> list(string)", split, splitCost),
  ]),
  declare("substring", [
    overload("string_substring_int", "string.(int) -> string", substring, textCost(1, true)),
    overload("string_substring_int_int", "string.(int, int) -> string", substring, textCost(1, true)),
  ]),
  declare("trim", [overload("string_trim", "string.() -> string", trim, textCost(1, true))]),
  declare("upperAscii", [overload("string_upper_ascii", "string.() -> string", upper, textCost(1, true))]),
  declare("strings.quote", [overload("strings_quote", "(string) -> string", quote, quoteCost)]),
  declare("join", [
    overload("list_join", "list(string).() -> string", join, joinCost),
    overload("list_join_string", "list(string).(string) -> string", join, joinCost),
  ]),
];
const format = (call: (format: string, args: ListValue) => Value) =>
  declare("format", [overload("string_format", "string.(list(dyn)) -> string", call, formatCost)]);
const reverse = declare("reverse", [
  overload("string_reverse", "string.() -> string", (text: string) => pointsOf(text).reverse().join("")),
]);

/** As Kubernetes has it. */
export const stringsLibrary: Library = {
  name: "strings",
  functions: [...common, ...searching(indexOf, lastIndexOf), format(formatLocal)],
};
/** The latest version. */
export const stringsLibraryLatest: Library = {
  name: "strings",
  functions: [...common, ...searching(within(indexOf), within(lastIndexOf)), reverse, format(formatPlain)],
};
