// Equality and order of values. Numbers of different types are compared by what they stand for; everything else of
// different types is unequal, never an error.
import { noSuchOverload } from "./failure.ts";
import { compareText } from "./text.ts";
import { compareTimes } from "./time.ts";
import {
  Double,
  Duration,
  ExtensionValue,
  ListValue,
  MapValue,
  OptionalValue,
  Timestamp,
  TypeValue,
  Uint,
} from "./value.ts";
import type { Value } from "./value.ts";

export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== "object" && typeof b !== "object") return false;
  if (a === null || b === null) return false;
  if (typeof a === "string" || typeof a === "boolean" || typeof b === "string" || typeof b === "boolean") return false;
  if (isNumber(a)) return isNumber(b) && compareNumbers(a, b) === 0;
  return typeof a === "object" && typeof b === "object" && equalObjects(a, b);
}
function equalObjects(a: Value & object, b: Value & object): boolean {
  if (a instanceof ListValue) return b instanceof ListValue && equalLists(a, b);
  if (a instanceof MapValue) return b instanceof MapValue && equalMaps(a, b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && compareBytes(a, b) === 0;
  if (a instanceof Timestamp) return b instanceof Timestamp && compareTimes(a, b) === 0;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (a instanceof OptionalValue) return b instanceof OptionalValue && equalOptionals(a, b);
  return a instanceof ExtensionValue && a.equals(b);
}
const equalOptionals = (a: OptionalValue, b: OptionalValue): boolean =>
  a.value === undefined || b.value === undefined ? a.value === b.value : equal(a.value, b.value);
function equalLists(a: ListValue, b: ListValue): boolean {
  if (a.size !== b.size) return false;
  const own = a.equals(b) ?? b.equals(a);
  if (own !== undefined) return own;
  for (let i = 0; i < a.size; i++) if (!equal(a.at(i), b.at(i))) return false;
  return true;
}
function equalMaps(a: MapValue, b: MapValue): boolean {
  if (a.size !== b.size) return false;
  const own = a.equals(b);
  if (own !== undefined) return own;
  return a.keys().every((key) => {
    const ours = a.find(key);
    const theirs = b.find(key);
    return ours !== undefined && theirs !== undefined && equal(ours, theirs);
  });
}

type NumberValue = number | bigint | Uint | Double;
export const isNumber = (value: Value): value is NumberValue =>
  typeof value === "number" || typeof value === "bigint" || value instanceof Double || value instanceof Uint;
/** NaN where one of them is NaN. Upstream: beside a double an integer is taken for the nearest double. */
function compareNumbers(a: NumberValue, b: NumberValue): number {
  const plain = a instanceof Double || b instanceof Double ? Number : (value: number | bigint) => value;
  const x = plain(typeof a === "object" ? a.value : a);
  const y = plain(typeof b === "object" ? b.value : b);
  if (x < y) return -1;
  if (x > y) return 1;
  // eslint-disable-next-line eqeqeq -- a number and a bigint that are equal
  return x == y ? 0 : Number.NaN;
}
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** Negative, zero or positive; NaN when there is no order because of a NaN. Fails for what has no order. */
export function compare(a: Value, b: Value): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (isNumber(a)) return isNumber(b) ? compareNumbers(a, b) : noSuchOverload();
  if (typeof a === "string") return typeof b === "string" ? compareText(a, b) : noSuchOverload();
  if (typeof a === "boolean") return typeof b === "boolean" ? Number(a) - Number(b) : noSuchOverload();
  if (a instanceof Timestamp) return b instanceof Timestamp ? compareTimes(a, b) : noSuchOverload();
  if (a instanceof Duration) return b instanceof Duration ? Number(a.nanos - b.nanos) : noSuchOverload();
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? compareBytes(a, b) : noSuchOverload();
  return noSuchOverload();
}
/** Whether the list holds an equal value. */
export function contains(list: ListValue, value: Value): boolean {
  for (let i = 0; i < list.size; i++) if (equal(list.at(i), value)) return true;
  return false;
}
