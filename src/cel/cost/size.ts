// What a value counts in costs at run time.
import { sizeOf } from "../text.ts";
import { Double, Duration, ExtensionValue, ListValue, MapValue, OptionalValue, Timestamp, Uint } from "../value.ts";
import type { Value } from "../value.ts";

/** Characters, bytes, items or entries; 1 for what has no size. */
export function costSize(value: Value): number {
  if (typeof value === "string") return sizeOf(value);
  if (typeof value !== "object" || value === null) return 1;
  if (value instanceof ListValue || value instanceof MapValue) return value.size;
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof ExtensionValue) return value.costSize;
  return value instanceof OptionalValue && value.value !== undefined ? costSize(value.value) : 1;
}
/** A tenth of the characters, rounded up; exact without counting for short texts. */
export function traversal(value: Value): number {
  if (typeof value === "string" && value.length <= 10) return value.length ? 1 : 0;
  return Math.ceil(costSize(value) * 0.1);
}
/** Whether two such values are compared at the cost of one. */
const isUnit = (value: Value): boolean => {
  const kind = typeof value;
  if (kind === "number" || kind === "boolean" || kind === "bigint" || value === null) return true;
  return value instanceof Double || value instanceof Uint || value instanceof Timestamp || value instanceof Duration;
};
/** Comparing goes through the shorter of both. */
export function comparison(a: Value, b: Value): number {
  if (isUnit(a) || isUnit(b)) return Math.min(1, traversal(a), traversal(b));
  if (typeof a === "string" && a.length <= 10) return a.length && costSize(b) ? 1 : 0;
  if (a instanceof ExtensionValue) return 1;
  return Math.ceil(Math.min(costSize(a), costSize(b)) * 0.1);
}
/** Going through a value with all that is in it. */
export function deepTraversal(value: Value): number {
  if (typeof value === "string") return Math.trunc(byteLength(value) * 0.1);
  if (value instanceof Uint8Array) return Math.trunc(value.length * 0.1);
  let cost = 0;
  if (value instanceof ListValue) for (const item of value) cost += deepTraversal(item);
  else if (value instanceof MapValue)
    for (const key of value.keys()) cost += deepTraversal(key) + deepTraversal(value.find(key) ?? null);
  else return 1;
  return cost;
}
const byteLength = (text: string): number => new TextEncoder().encode(text).length;
