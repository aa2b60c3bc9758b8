// The small rules that validation of every kind is put together from. Each adds what it finds to a list, with the
// texts that Kubernetes prints; a rule about a value that is absent belongs to the caller.
import { type FieldError, duplicateValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { validateLabels } from "#api/metadata.ts";
import { compareQuantity } from "#api/quantity.ts";
import {
  isDnsLabel,
  isDnsSubdomain,
  isDns1035Label,
  isLabelValue,
  isPathSegment,
  isPortName,
  isQualifiedName,
  rangeText,
  regexText,
} from "#api/names.ts";

export const negativeText = "must be greater than or equal to 0";
export const notPositiveText = "must be greater than zero";
export const immutableText = "field is immutable";
export const int32Max = 2147483647;

/** One "Invalid value" for each message that a name rule returned. */
export function invalidEach(found: FieldError[], field: string, value: unknown, messages: readonly string[]): void {
  for (const message of messages) found.push(invalidValue(field, value, message));
}
export const dnsLabel = (found: FieldError[], field: string, value: string): void =>
  invalidEach(found, field, value, isDnsLabel(value));
export const dns1035Label = (found: FieldError[], field: string, value: string): void =>
  invalidEach(found, field, value, isDns1035Label(value));
export const dnsSubdomain = (found: FieldError[], field: string, value: string): void =>
  invalidEach(found, field, value, isDnsSubdomain(value));
/** What can stand in a URL between two slashes. */
export const pathSegment = (found: FieldError[], field: string, value: string): void =>
  invalidEach(found, field, value, isPathSegment(value));
export const qualifiedName = (found: FieldError[], field: string, value: string): void =>
  invalidEach(found, field, value, isQualifiedName(value));
export const labelValue = (found: FieldError[], field: string, value: string): void =>
  invalidEach(found, field, value, isLabelValue(value));
/** Keys and values of a set of labels. */
export const labels = (
  found: FieldError[],
  field: string,
  values: Readonly<Record<string, string>> | undefined,
): void => void found.push(...validateLabels(values, field));

const pathFormat = `[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+`;
const path = new RegExp(`^${pathFormat}$`);
/** "acme.io/foo". */
export function domainPath(found: FieldError[], field: string, value: string): void {
  if (value === "") return void found.push(requiredValue(field));
  const slash = value.indexOf("/");
  const [host, rest] = [value.slice(0, Math.max(slash, 0)), value.slice(slash + 1)];
  if (!host || !rest)
    return void found.push(invalidValue(field, value, `must be a domain-prefixed path (such as "acme.io/foo")`));
  dnsSubdomain(found, field, host);
  if (!path.test(rest)) found.push(invalidValue(field, rest, regexText("Invalid path", pathFormat)));
}

export function required(found: FieldError[], field: string, value: unknown, detail = ""): boolean {
  if (value !== undefined && value !== null && value !== "") return true;
  found.push(requiredValue(field, detail));
  return false;
}
export function nonNegative(found: FieldError[], field: string, value: number | undefined): void {
  if (value !== undefined && value < 0) found.push(invalidValue(field, value, negativeText));
}
export function positive(found: FieldError[], field: string, value: number): void {
  if (value <= 0) found.push(invalidValue(field, value, notPositiveText));
}
export function inRange(found: FieldError[], field: string, value: number, low: number, high: number): void {
  if (value < low || value > high) found.push(invalidValue(field, value, rangeText(low, high)));
}
export const portNumber = (found: FieldError[], field: string, value: number): void =>
  inRange(found, field, value, 1, 65535);
/** Users and groups. */
export const unixId = (found: FieldError[], field: string, value: number | undefined): void => {
  if (value !== undefined) inRange(found, field, value, 0, int32Max);
};
/** A port by number or by name. */
export function portOrName(found: FieldError[], field: string, value: number | string | undefined): void {
  if (typeof value === "string") invalidEach(found, field, value, isPortName(value));
  else portNumber(found, field, value ?? 0);
}

/** The value must be one of a closed list; `list` is printed as it stands. */
export function supported(
  found: FieldError[],
  field: string,
  value: string | undefined,
  list: readonly string[],
): boolean {
  if (value !== undefined && list.includes(value)) return true;
  found.push(notSupported(field, value ?? "", list));
  return false;
}
/** As `supported`, but an absent value is said to be missing. */
export function requiredOneOf(
  found: FieldError[],
  field: string,
  value: string | undefined,
  list: readonly string[],
): boolean {
  return required(found, field, value) && supported(found, field, value, list);
}
/** Of pointers: only an absent value is missing, an empty one is not supported. */
export const givenOneOf = (
  found: FieldError[],
  field: string,
  value: string | undefined,
  list: readonly string[],
): boolean => (value === "" || required(found, field, value)) && supported(found, field, value, list);
/** Adds a finding for each value met before. */
export function unique(found: FieldError[], values: readonly string[], fieldOf: (index: number) => string): void {
  const seen = new Set<string>();
  for (const [i, value] of values.entries()) {
    if (seen.has(value)) found.push(duplicateValue(fieldOf(i), value));
    seen.add(value);
  }
}

/** `now` must be what it was. */
export function immutable(found: FieldError[], field: string, now: unknown, before: unknown): boolean {
  if (sameValue(now, before)) return true;
  found.push(invalidValue(field, now, immutableText));
  return false;
}
const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (Array.isArray(value) ? value.length === 0 : typeof value === "object" && Object.keys(value).length === 0);
/** Equality as Go's semantic comparison has it: an empty list counts as an absent one, at any depth. */
export function sameValue(a: unknown, b: unknown): boolean {
  return same(a, b) || (isEmpty(a) && isEmpty(b));
}
function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]));
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const x = left[key] ?? [];
    const y = right[key] ?? [];
    if (!same(x, y) && !(isEmptyList(x) && isEmptyList(y))) return false;
  }
  return true;
}
const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

export function nonNegativeQuantity(found: FieldError[], field: string, value: string): void {
  if (compareQuantity(value, "0") < 0) found.push(invalidValue(field, value, negativeText));
}
export function positiveQuantity(found: FieldError[], field: string, value: string): void {
  if (compareQuantity(value, "0") <= 0) found.push(invalidValue(field, value, notPositiveText));
}

/** The map with its keys in order, as Go writes it into a message. */
export const sortedMap = <T>(values: Readonly<Record<string, T>> | undefined): Record<string, T> =>
  Object.fromEntries(Object.entries(values ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)));
