// Lists and maps with a limit: one that is too long is not looked into.
import { type FieldError, duplicateValue, tooMany } from "#api/field-error.ts";

type Check<T> = (found: FieldError[], field: string, item: T) => void;

/** False when it is too long. */
export function validateItems<T>(
  found: FieldError[],
  field: string,
  items: readonly T[],
  max: number,
  check: Check<T>,
): boolean {
  if (items.length > max) found.push(tooMany(field, items.length, max));
  else for (const [i, item] of items.entries()) check(found, `${field}[${i}]`, item);
  return items.length <= max;
}
/** As `validateItems`, and no key twice; `shown` is what a finding prints of an item. */
export function validateSet<T>(
  found: FieldError[],
  field: string,
  items: readonly T[],
  max: number,
  check: Check<T>,
  keyOf: (item: T) => string,
  shown: (item: T) => unknown = keyOf,
): void {
  if (!validateItems(found, field, items, max, check)) return;
  const seen = new Set<string>();
  for (const [i, item] of items.entries()) {
    if (seen.has(keyOf(item))) found.push(duplicateValue(`${field}[${i}]`, shown(item)));
    seen.add(keyOf(item));
  }
}
/** Keys are judged at the map itself, values at their key. */
export function validateMap<T>(
  found: FieldError[],
  field: string,
  map: Readonly<Record<string, T>>,
  limits: { readonly size?: number; readonly shownKey: number },
  checkKey: (found: FieldError[], field: string, key: string) => void,
  check: Check<T>,
): void {
  const entries = Object.entries(map);
  if (limits.size !== undefined && entries.length > limits.size)
    return void found.push(tooMany(field, entries.length, limits.size));
  for (const [key, value] of entries) {
    checkKey(found, field, key);
    check(found, `${field}[${shorten(key, limits.shownKey)}]`, value);
  }
}
function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const left = max - 3;
  return `${text.slice(0, Math.floor((left + 1) / 2))}...${text.slice(text.length - Math.floor(left / 2))}`;
}
